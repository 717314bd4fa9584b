// SPDX-License-Identifier: Apache-2.0
package infometis.lifecycle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequest;
import org.elasticsearch.action.ActionResponse;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.TransportAction;
import org.elasticsearch.action.support.master.AcknowledgedResponse;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.AckedClusterStateUpdateTask;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ProjectState;
import org.elasticsearch.cluster.SequentialAckingBatchedTaskExecutor;
import org.elasticsearch.cluster.metadata.DataStreamGlobalRetentionSettings;
import org.elasticsearch.cluster.metadata.IndexNameExpressionResolver;
import org.elasticsearch.cluster.metadata.Metadata;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.cluster.project.ProjectResolver;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.Priority;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.common.util.concurrent.EsExecutors;
import org.elasticsearch.core.CheckedConsumer;
import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.transport.TransportService;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xpack.core.ilm.AllocateAction;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.DownsampleAction;
import org.elasticsearch.xpack.core.ilm.ForceMergeAction;
import org.elasticsearch.xpack.core.ilm.FreezeAction;
import org.elasticsearch.xpack.core.ilm.IndexLifecycleMetadata;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecycleSettings;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.MigrateAction;
import org.elasticsearch.xpack.core.ilm.ReadOnlyAction;
import org.elasticsearch.xpack.core.ilm.RolloverAction;
import org.elasticsearch.xpack.core.ilm.SearchableSnapshotAction;
import org.elasticsearch.xpack.core.ilm.SetPriorityAction;
import org.elasticsearch.xpack.core.ilm.ShrinkAction;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;
import org.elasticsearch.xpack.core.ilm.UnfollowAction;
import org.elasticsearch.xpack.core.ilm.WaitForSnapshotAction;

/**
 * Gives a test node the two APIs whose modules its distribution lacks: `/_ilm/policy` and `/_data_stream`. Everything
 * that decides what is valid, what is stored and how it is shown is the server's own; ours is only the way there, in
 * {@link LifecyclePolicies} and {@link DataStreams}. README.md says what that proves and what not.
 */
public final class LifecyclePlugin extends Plugin implements ActionPlugin {

    /** The settings the ILM module would register, all of them constants of x-pack-core. */
    @Override
    public List<Setting<?>> getSettings() {
        return List.of(
            LifecycleSettings.LIFECYCLE_NAME_SETTING,
            LifecycleSettings.LIFECYCLE_INDEXING_COMPLETE_SETTING,
            LifecycleSettings.LIFECYCLE_SKIP_SETTING,
            LifecycleSettings.LIFECYCLE_STEP_WAIT_TIME_THRESHOLD_SETTING,
            RolloverAction.LIFECYCLE_ROLLOVER_ALIAS_SETTING,
            LifecycleSettings.LIFECYCLE_POLL_INTERVAL_SETTING,
            LifecycleSettings.LIFECYCLE_HISTORY_INDEX_ENABLED_SETTING,
            LifecycleSettings.LIFECYCLE_STEP_MASTER_TIMEOUT_SETTING,
            LifecycleSettings.LIFECYCLE_ROLLOVER_ONLY_IF_HAS_DOCUMENTS_SETTING
        );
    }

    /** Names of the real parsers: of policies kept on disk, of the one type of policy, and of its actions. */
    @Override
    public List<NamedXContentRegistry.Entry> getNamedXContent() {
        var entries = new ArrayList<NamedXContentRegistry.Entry>();
        entries.add(
            new NamedXContentRegistry.Entry(
                Metadata.ProjectCustom.class,
                new ParseField(IndexLifecycleMetadata.TYPE),
                parser -> IndexLifecycleMetadata.PARSER.parse(parser, null)
            )
        );
        entries.add(
            new NamedXContentRegistry.Entry(
                LifecycleType.class,
                new ParseField(TimeseriesLifecycleType.TYPE),
                (parser, context) -> TimeseriesLifecycleType.INSTANCE
            )
        );
        entries.add(action(AllocateAction.NAME, AllocateAction::parse));
        entries.add(action(DeleteAction.NAME, DeleteAction::parse));
        entries.add(action(DownsampleAction.NAME, DownsampleAction::parse));
        entries.add(action(ForceMergeAction.NAME, ForceMergeAction::parse));
        entries.add(action(FreezeAction.NAME, FreezeAction::parse));
        entries.add(action(MigrateAction.NAME, MigrateAction::parse));
        entries.add(action(ReadOnlyAction.NAME, ReadOnlyAction::parse));
        entries.add(action(RolloverAction.NAME, RolloverAction::parse));
        entries.add(action(SearchableSnapshotAction.NAME, SearchableSnapshotAction::parse));
        entries.add(action(SetPriorityAction.NAME, SetPriorityAction::parse));
        entries.add(action(ShrinkAction.NAME, ShrinkAction::parse));
        entries.add(action(UnfollowAction.NAME, UnfollowAction::parse));
        entries.add(action(WaitForSnapshotAction.NAME, WaitForSnapshotAction::parse));
        return entries;
    }

    private static NamedXContentRegistry.Entry action(String name, CheckedFunction<XContentParser, LifecycleAction, IOException> parser) {
        return new NamedXContentRegistry.Entry(LifecycleAction.class, new ParseField(name), parser);
    }

    @Override
    public Collection<ActionHandler> getActions() {
        var actions = new ArrayList<>(LifecyclePolicies.actions());
        actions.addAll(DataStreams.actions());
        return actions;
    }

    @Override
    public Collection<RestHandler> getRestHandlers(
        RestHandlersServices services,
        Supplier<DiscoveryNodes> nodes,
        Predicate<NodeFeature> clusterSupports
    ) {
        var handlers = new ArrayList<>(LifecyclePolicies.endpoints());
        handlers.addAll(DataStreams.endpoints());
        return handlers;
    }

    /** What is done for a request that came in over HTTP, and how it is answered. */
    interface Reaction {
        CheckedConsumer<RestChannel, Exception> to(RestRequest request, NodeClient client) throws IOException;
    }

    /** One route, or a few that share their reaction. */
    static RestHandler endpoint(RestRequest.Method method, Reaction reaction, String... paths) {
        return new BaseRestHandler() {
            @Override
            public String getName() {
                return method + " " + String.join(" ", paths);
            }

            @Override
            public List<Route> routes() {
                return List.of(paths).stream().map(path -> new Route(method, path)).toList();
            }

            @Override
            protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) throws IOException {
                return reaction.to(request, client)::accept;
            }
        };
    }

    /** The parts of the node that actions need, given by the node itself. */
    public record Server(
        ActionFilters filters,
        TransportService transport,
        ClusterService clusterService,
        ProjectResolver projects,
        IndexNameExpressionResolver resolver,
        DataStreamGlobalRetentionSettings retention
    ) {
        @Inject
        public Server {}

        ProjectState project() {
            return projects.getProjectState(clusterService.state());
        }

        /** Changes the cluster state; a change that gives back what it got changes not even its version. */
        void change(TimeValue patience, ActionListener<AcknowledgedResponse> listener, Function<ProjectState, ClusterState> changed) {
            var task = new AckedClusterStateUpdateTask(patience, patience, listener) {
                @Override
                public ClusterState execute(ClusterState current) {
                    return changed.apply(projects.getProjectState(current));
                }
            };
            clusterService.createTaskQueue("lifecycle-plugin", Priority.NORMAL, new SequentialAckingBatchedTaskExecutor<>())
                .submitTask("lifecycle-plugin", task, patience);
        }
    }

    /**
     * An action done on this very node. The real ones are sent to the master first; here the only node is the master. The
     * filters stay, and with them security.
     */
    abstract static class LocalAction<Q extends ActionRequest, A extends ActionResponse> extends TransportAction<Q, A> {
        final Server server;

        LocalAction(String name, Server server) {
            super(name, server.filters, server.transport.getTaskManager(), EsExecutors.DIRECT_EXECUTOR_SERVICE);
            this.server = server;
        }

        abstract void react(Q request, ActionListener<A> listener);

        @Override
        protected final void doExecute(Task task, Q request, ActionListener<A> listener) {
            ActionListener.run(listener, answer -> react(request, answer));
        }
    }
}
