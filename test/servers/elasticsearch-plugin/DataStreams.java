// SPDX-License-Identifier: Apache-2.0
package infometis.lifecycle;

import static infometis.lifecycle.LifecyclePlugin.endpoint;
import static org.elasticsearch.rest.RestUtils.getAckTimeout;
import static org.elasticsearch.rest.RestUtils.getMasterNodeTimeout;

import infometis.lifecycle.LifecyclePlugin.LocalAction;
import infometis.lifecycle.LifecyclePlugin.Server;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.datastreams.CreateDataStreamAction;
import org.elasticsearch.action.datastreams.DataStreamsActionUtil;
import org.elasticsearch.action.datastreams.DeleteDataStreamAction;
import org.elasticsearch.action.datastreams.GetDataStreamAction.Response.DataStreamInfo;
import org.elasticsearch.action.datastreams.GetDataStreamAction.Response.IndexProperties;
import org.elasticsearch.action.datastreams.GetDataStreamAction.Response.ManagedBy;
import org.elasticsearch.action.datastreams.GetDataStreamAction;
import org.elasticsearch.action.datastreams.lifecycle.GetDataStreamLifecycleAction;
import org.elasticsearch.action.datastreams.lifecycle.PutDataStreamLifecycleAction;
import org.elasticsearch.action.support.IndicesOptions;
import org.elasticsearch.action.support.master.AcknowledgedResponse;
import org.elasticsearch.cluster.ProjectState;
import org.elasticsearch.cluster.health.ClusterStateHealth;
import org.elasticsearch.cluster.metadata.DataStream;
import org.elasticsearch.cluster.metadata.DataStreamLifecycle;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.cluster.metadata.MetadataCreateDataStreamService;
import org.elasticsearch.cluster.metadata.MetadataDataStreamsService;
import org.elasticsearch.cluster.metadata.MetadataIndexTemplateService;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.Index;
import org.elasticsearch.index.IndexMode;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.plugins.ActionPlugin.ActionHandler;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest.Method;
import org.elasticsearch.rest.action.RestChunkedToXContentListener;
import org.elasticsearch.rest.action.RestToXContentListener;

/**
 * `/_data_stream` and `/_data_stream/{name}/_lifecycle`: the real requests, services, cluster state and answers of the
 * server; ours is what joins them. Nothing ever deletes or downsamples documents by a lifecycle.
 */
public final class DataStreams {
    private DataStreams() {}

    static List<ActionHandler> actions() {
        return List.of(
            new ActionHandler(CreateDataStreamAction.INSTANCE, Create.class),
            new ActionHandler(GetDataStreamAction.INSTANCE, Get.class),
            new ActionHandler(DeleteDataStreamAction.INSTANCE, Delete.class),
            new ActionHandler(PutDataStreamLifecycleAction.INSTANCE, PutLifecycle.class),
            new ActionHandler(GetDataStreamLifecycleAction.INSTANCE, GetLifecycle.class)
        );
    }

    static List<RestHandler> endpoints() {
        return List.of(endpoint(Method.PUT, (http, client) -> {
            var request = new CreateDataStreamAction.Request(getMasterNodeTimeout(http), getAckTimeout(http), http.param("name"));
            return channel -> client.execute(CreateDataStreamAction.INSTANCE, request, new RestToXContentListener<>(channel));
        }, "/_data_stream/{name}"), endpoint(Method.GET, (http, client) -> {
            var names = Strings.splitStringByCommaToArray(http.param("name"));
            var request = new GetDataStreamAction.Request(getMasterNodeTimeout(http), names);
            request.includeDefaults(http.paramAsBoolean("include_defaults", false));
            request.indicesOptions(IndicesOptions.fromRequest(http, request.indicesOptions()));
            return channel -> client.execute(GetDataStreamAction.INSTANCE, request, new RestToXContentListener<>(channel));
        }, "/_data_stream", "/_data_stream/{name}"), endpoint(Method.DELETE, (http, client) -> {
            var names = Strings.splitStringByCommaToArray(http.param("name"));
            var request = new DeleteDataStreamAction.Request(getMasterNodeTimeout(http), names);
            request.indicesOptions(IndicesOptions.fromRequest(http, request.indicesOptions()));
            return channel -> client.execute(DeleteDataStreamAction.INSTANCE, request, new RestToXContentListener<>(channel));
        }, "/_data_stream/{name}"), endpoint(Method.PUT, (http, client) -> {
            var names = Strings.splitStringByCommaToArray(http.param("name"));
            DataStreamLifecycle lifecycle;
            try (var parser = http.contentParser()) {
                lifecycle = DataStreamLifecycle.dataLifecycleFromXContent(parser);
            }
            var request = new PutDataStreamLifecycleAction.Request(getMasterNodeTimeout(http), getAckTimeout(http), names, lifecycle);
            request.indicesOptions(IndicesOptions.fromRequest(http, request.indicesOptions()));
            return channel -> client.execute(PutDataStreamLifecycleAction.INSTANCE, request, new RestToXContentListener<>(channel));
        }, "/_data_stream/{name}/_lifecycle"), endpoint(Method.GET, (http, client) -> {
            var names = Strings.splitStringByCommaToArray(http.param("name"));
            var request = new GetDataStreamLifecycleAction.Request(getMasterNodeTimeout(http), names);
            request.includeDefaults(http.paramAsBoolean("include_defaults", false));
            request.indicesOptions(IndicesOptions.fromRequest(http, request.indicesOptions()));
            var shown = DataStreamLifecycle.addEffectiveRetentionParams(http);
            return channel -> client.execute(
                GetDataStreamLifecycleAction.INSTANCE,
                request,
                new RestChunkedToXContentListener<>(channel, shown)
            );
        }, "/_data_stream/{name}/_lifecycle"));
    }

    /** Names that wildcards and lists stand for; the server refuses one that does not exist. */
    private static List<String> resolve(String[] names, IndicesOptions options, Server server) {
        return DataStreamsActionUtil.getDataStreamNames(server.resolver(), server.project().metadata(), names, options);
    }

    private static List<DataStream> streams(String[] names, IndicesOptions options, Server server) {
        var all = server.project().metadata().dataStreams();
        return resolve(names, options, server).stream().sorted().map(all::get).toList();
    }

    public static final class Create extends LocalAction<CreateDataStreamAction.Request, AcknowledgedResponse> {
        private final MetadataCreateDataStreamService service;

        @Inject
        public Create(Server server, MetadataCreateDataStreamService service) {
            super(CreateDataStreamAction.NAME, server);
            this.service = service;
        }

        @Override
        void react(CreateDataStreamAction.Request request, ActionListener<AcknowledgedResponse> listener) {
            service.createDataStream(
                new MetadataCreateDataStreamService.CreateDataStreamClusterStateUpdateRequest(
                    server.project().projectId(),
                    request.getName(),
                    request.getStartTime(),
                    null,
                    request.masterNodeTimeout(),
                    request.ackTimeout()
                ),
                listener
            );
        }
    }

    public static final class Get extends LocalAction<GetDataStreamAction.Request, GetDataStreamAction.Response> {
        @Inject
        public Get(Server server) {
            super(GetDataStreamAction.NAME, server);
        }

        @Override
        void react(GetDataStreamAction.Request request, ActionListener<GetDataStreamAction.Response> listener) {
            var project = server.project();
            var infos = streams(request.getNames(), request.indicesOptions(), server).stream().map(stream -> infoOf(stream, project)).toList();
            var rollover = request.includeDefaults()
                ? server.clusterService().getClusterSettings().get(DataStreamLifecycle.CLUSTER_LIFECYCLE_DEFAULT_ROLLOVER_SETTING)
                : null;
            var retention = server.retention();
            listener.onResponse(new GetDataStreamAction.Response(infos, rollover, retention.get(false), retention.get(true)));
        }

        /** Without the time series, the failure store and the largest timestamp: nothing here makes any. */
        private static DataStreamInfo infoOf(DataStream stream, ProjectState project) {
            var metadata = project.metadata();
            var indices = stream.getIndices();
            var health = new ClusterStateHealth(
                project.cluster(),
                indices.stream().map(Index::getName).toArray(String[]::new),
                project.projectId()
            );
            var template = MetadataIndexTemplateService.findV2Template(metadata, stream.getName(), false);
            var settings = template == null ? Settings.EMPTY : MetadataIndexTemplateService.resolveSettings(metadata, template);
            Map<Index, IndexProperties> properties = new HashMap<>();
            for (var index : indices) properties.put(index, propertiesOf(stream, metadata.getIndexSafe(index), project));
            return new DataStreamInfo(
                stream,
                false,
                health.getStatus(),
                template,
                settings.get(IndexMetadata.LIFECYCLE_NAME),
                null,
                properties,
                IndexSettings.PREFER_ILM_SETTING.get(settings),
                null,
                modeName(stream.getIndexMode())
            );
        }

        private static IndexProperties propertiesOf(DataStream stream, IndexMetadata index, ProjectState project) {
            var metadata = project.metadata();
            var isStreams = stream.isIndexManagedByDataStreamLifecycle(index.getIndex(), metadata::index);
            var managed = metadata.isIndexManagedByILM(index) ? ManagedBy.ILM : isStreams ? ManagedBy.LIFECYCLE : ManagedBy.UNMANAGED;
            var prefersIlm = IndexSettings.PREFER_ILM_SETTING.get(index.getSettings());
            return new IndexProperties(prefersIlm, index.getLifecyclePolicyName(), managed, modeName(index.getIndexMode()));
        }

        private static String modeName(IndexMode mode) {
            return (mode == null ? IndexMode.STANDARD : mode).getName();
        }
    }

    public static final class Delete extends LocalAction<DeleteDataStreamAction.Request, AcknowledgedResponse> {
        @Inject
        public Delete(Server server) {
            super(DeleteDataStreamAction.NAME, server);
        }

        @Override
        void react(DeleteDataStreamAction.Request request, ActionListener<AcknowledgedResponse> listener) {
            var wanted = Set.copyOf(streams(request.getNames(), request.indicesOptions(), server));
            var settings = server.clusterService().getSettings();
            server.change(
                request.masterNodeTimeout(),
                listener,
                state -> MetadataDataStreamsService.deleteDataStreams(state, wanted, settings)
            );
        }
    }

    public static final class PutLifecycle extends LocalAction<PutDataStreamLifecycleAction.Request, AcknowledgedResponse> {
        private final MetadataDataStreamsService service;

        @Inject
        public PutLifecycle(Server server, MetadataDataStreamsService service) {
            super(PutDataStreamLifecycleAction.INSTANCE.name(), server);
            this.service = service;
        }

        @Override
        void react(PutDataStreamLifecycleAction.Request request, ActionListener<AcknowledgedResponse> listener) {
            var names = resolve(request.getNames(), request.indicesOptions(), server);
            var projectId = server.project().projectId();
            service.setLifecycle(projectId, names, request.getLifecycle(), request.ackTimeout(), request.masterNodeTimeout(), listener);
        }
    }

    public static final class GetLifecycle extends LocalAction<GetDataStreamLifecycleAction.Request, GetDataStreamLifecycleAction.Response> {
        @Inject
        public GetLifecycle(Server server) {
            super(GetDataStreamLifecycleAction.INSTANCE.name(), server);
        }

        @Override
        void react(GetDataStreamLifecycleAction.Request request, ActionListener<GetDataStreamLifecycleAction.Response> listener) {
            var lifecycles = streams(request.getNames(), request.indicesOptions(), server)
                .stream()
                .map(
                    stream -> new GetDataStreamLifecycleAction.Response.DataStreamLifecycle(
                        stream.getName(),
                        stream.getDataLifecycle(),
                        stream.isInternal()
                    )
                )
                .toList();
            listener.onResponse(new GetDataStreamLifecycleAction.Response(lifecycles, null, server.retention().get(false)));
        }
    }
}
