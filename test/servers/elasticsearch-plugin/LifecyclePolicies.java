// SPDX-License-Identifier: Apache-2.0
package infometis.lifecycle;

import static infometis.lifecycle.LifecyclePlugin.endpoint;
import static org.elasticsearch.rest.RestUtils.getAckTimeout;
import static org.elasticsearch.rest.RestUtils.getMasterNodeTimeout;

import infometis.lifecycle.LifecyclePlugin.LocalAction;
import infometis.lifecycle.LifecyclePlugin.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.elasticsearch.ResourceNotFoundException;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.support.master.AcknowledgedResponse;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ProjectState;
import org.elasticsearch.cluster.metadata.ItemUsage;
import org.elasticsearch.cluster.metadata.ProjectMetadata;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.plugins.ActionPlugin.ActionHandler;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest.Method;
import org.elasticsearch.rest.action.RestChunkedToXContentListener;
import org.elasticsearch.rest.action.RestToXContentListener;
import org.elasticsearch.xpack.core.ilm.IndexLifecycleMetadata;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicyMetadata;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicyUsageCalculator;
import org.elasticsearch.xpack.core.ilm.OperationMode;
import org.elasticsearch.xpack.core.ilm.action.DeleteLifecycleAction;
import org.elasticsearch.xpack.core.ilm.action.GetLifecycleAction.LifecyclePolicyResponseItem;
import org.elasticsearch.xpack.core.ilm.action.GetLifecycleAction;
import org.elasticsearch.xpack.core.ilm.action.ILMActions;
import org.elasticsearch.xpack.core.ilm.action.PutLifecycleRequest;

/**
 * `/_ilm/policy`: the real requests, parser, validation, cluster state and answers of x-pack-core; ours is how a policy
 * gets into the state and out of it. Nothing ever carries a policy out.
 */
public final class LifecyclePolicies {
    private LifecyclePolicies() {}

    static List<ActionHandler> actions() {
        return List.of(
            new ActionHandler(ILMActions.PUT, Put.class),
            new ActionHandler(GetLifecycleAction.INSTANCE, Get.class),
            new ActionHandler(DeleteLifecycleAction.INSTANCE, Delete.class)
        );
    }

    static List<RestHandler> endpoints() {
        return List.of(endpoint(Method.PUT, (http, client) -> {
            var name = http.param("name");
            var masterTimeout = getMasterNodeTimeout(http);
            var ackTimeout = getAckTimeout(http);
            PutLifecycleRequest request;
            try (var parser = http.contentParser()) {
                request = PutLifecycleRequest.parseRequest(new PutLifecycleRequest.Factory() {
                    @Override
                    public PutLifecycleRequest create(LifecyclePolicy policy) {
                        return new PutLifecycleRequest(masterTimeout, ackTimeout, policy);
                    }

                    @Override
                    public String getPolicyName() {
                        return name;
                    }
                }, parser);
            }
            return channel -> client.execute(ILMActions.PUT, request, new RestToXContentListener<>(channel));
        }, "/_ilm/policy/{name}"), endpoint(Method.GET, (http, client) -> {
            var request = new GetLifecycleAction.Request(
                getMasterNodeTimeout(http),
                Strings.splitStringByCommaToArray(http.param("name"))
            );
            return channel -> client.execute(GetLifecycleAction.INSTANCE, request, new RestChunkedToXContentListener<>(channel));
        }, "/_ilm/policy", "/_ilm/policy/{name}"), endpoint(Method.DELETE, (http, client) -> {
            var request = new DeleteLifecycleAction.Request(getMasterNodeTimeout(http), getAckTimeout(http), http.param("name"));
            return channel -> client.execute(DeleteLifecycleAction.INSTANCE, request, new RestToXContentListener<>(channel));
        }, "/_ilm/policy/{name}"));
    }

    private static Map<String, LifecyclePolicyMetadata> policiesOf(ProjectMetadata project) {
        return project.custom(IndexLifecycleMetadata.TYPE, IndexLifecycleMetadata.EMPTY).getPolicyMetadatas();
    }

    /** The cluster state with these policies; `STOPPED`, because nothing carries them out. */
    private static ClusterState withPolicies(Map<String, LifecyclePolicyMetadata> policies, ProjectState state) {
        var metadata = new IndexLifecycleMetadata(policies, OperationMode.STOPPED);
        return state.updatedState(project -> project.putCustom(IndexLifecycleMetadata.TYPE, metadata));
    }

    /** Who uses a policy, worked out by the server itself. */
    private static ItemUsage usageOf(String name, Server server) {
        var calculator = new LifecyclePolicyUsageCalculator(server.resolver(), server.project().metadata(), List.of(name));
        return calculator.retrieveCalculatedUsage(name);
    }

    public static final class Put extends LocalAction<PutLifecycleRequest, AcknowledgedResponse> {
        @Inject
        public Put(Server server) {
            super(ILMActions.PUT.name(), server);
        }

        /** The real one asks the licence too, and whether the snapshot repository and the SLM policy it names exist. */
        @Override
        void react(PutLifecycleRequest request, ActionListener<AcknowledgedResponse> listener) {
            var policy = request.getPolicy();
            LifecyclePolicy.validatePolicyName(policy.getName());
            server.change(request.masterNodeTimeout(), listener, state -> {
                var policies = new TreeMap<>(policiesOf(state.metadata()));
                var old = policies.get(policy.getName());
                // As the real one does: the same policy once more is no new version.
                if (old != null && old.getPolicy().equals(policy)) return state.cluster();
                var version = old == null ? 1 : old.getVersion() + 1;
                policies.put(policy.getName(), new LifecyclePolicyMetadata(policy, Map.of(), version, System.currentTimeMillis()));
                return withPolicies(policies, state);
            });
        }
    }

    public static final class Get extends LocalAction<GetLifecycleAction.Request, GetLifecycleAction.Response> {
        @Inject
        public Get(Server server) {
            super(GetLifecycleAction.NAME, server);
        }

        @Override
        void react(GetLifecycleAction.Request request, ActionListener<GetLifecycleAction.Response> listener) {
            var wanted = List.of(request.getPolicyNames());
            var policies = policiesOf(server.project().metadata());
            for (var name : wanted) if (Regex.isSimpleMatchPattern(name) == false && policies.containsKey(name) == false) throw notFound(name);
            var items = new ArrayList<LifecyclePolicyResponseItem>();
            policies.forEach((name, stored) -> {
                if (wanted.isEmpty() == false && Regex.simpleMatch(wanted, name) == false) return;
                var usage = usageOf(name, server);
                items.add(new LifecyclePolicyResponseItem(stored.getPolicy(), stored.getVersion(), stored.getModifiedDateString(), usage));
            });
            listener.onResponse(new GetLifecycleAction.Response(items));
        }
    }

    public static final class Delete extends LocalAction<DeleteLifecycleAction.Request, AcknowledgedResponse> {
        @Inject
        public Delete(Server server) {
            super(DeleteLifecycleAction.NAME, server);
        }

        @Override
        void react(DeleteLifecycleAction.Request request, ActionListener<AcknowledgedResponse> listener) {
            var name = request.getPolicyName();
            var indices = usageOf(name, server).getIndices();
            // No indices at all are null.
            if (indices != null && indices.iterator().hasNext()) {
                throw new IllegalArgumentException("policy [" + name + "] is in use by the indices " + indices);
            }
            server.change(request.masterNodeTimeout(), listener, state -> {
                var policies = new TreeMap<>(policiesOf(state.metadata()));
                if (policies.remove(name) == null) throw notFound(name);
                return withPolicies(policies, state);
            });
        }
    }

    private static ResourceNotFoundException notFound(String name) {
        return new ResourceNotFoundException("Lifecycle policy not found: {}", name);
    }
}
