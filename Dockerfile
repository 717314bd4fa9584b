# One image per service: docker build --target kafka-reconciler --build-arg REVISION="$(git rev-parse HEAD)" .
# What is inside, and what was tested how: docs/images.md.

# Debian with Node 24 and npm; each may be a mirror's.
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG NODE_IMAGE=node:24-bookworm-slim
# What the labels and --version say; REVISION is the hash of the commit, SOURCE the address of the repository.
ARG VERSION=0.1.0
ARG REVISION
ARG SOURCE

# The bundles hold no native code, so they are built once, on the builder's own platform.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS bundles
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
# No package needs its install script to bundle.
RUN npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
COPY LICENSE ./
COPY build build
COPY src src
COPY reconcilers reconcilers
ARG VERSION
ARG REVISION
RUN for service in kafka elasticsearch nifi; do node build/image.ts "$service" "/layout/$service" || exit 1; done

# Node and the libraries it is linked with, on the platform of the image.
FROM ${NODE_IMAGE} AS node
COPY build/node-root.sh /node-root.sh
RUN /bin/sh /node-root.sh "$(command -v node)" /root-of-image

FROM scratch AS reconciler
COPY --from=node /root-of-image /
# More than half of the memory for JavaScript, however much that is; the rest is for what lies outside the heap.
ENV PATH=/usr/local/bin NODE_ENV=production NODE_OPTIONS="--max-old-space-size-percentage=60"
WORKDIR /app
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/node"]
ARG VERSION
ARG REVISION
ARG SOURCE
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.vendor="InfoMetis"

FROM reconciler AS kafka-reconciler
LABEL org.opencontainers.image.title="kafka-reconciler" \
      org.opencontainers.image.description="Keeps Kafka topics in the state declared in Git"
COPY --from=bundles /layout/kafka /
CMD ["/app/reconcilers/kafka/main.js"]

FROM reconciler AS elasticsearch-reconciler
LABEL org.opencontainers.image.title="elasticsearch-reconciler" \
      org.opencontainers.image.description="Keeps Elasticsearch indices in the state declared in Git"
COPY --from=bundles /layout/elasticsearch /
CMD ["/app/reconcilers/elasticsearch/main.js"]

FROM reconciler AS nifi-reconciler
LABEL org.opencontainers.image.title="nifi-reconciler" \
      org.opencontainers.image.description="Keeps NiFi flows in the state declared in Git"
COPY --from=bundles /layout/nifi /
CMD ["/app/reconcilers/nifi/main.js"]
