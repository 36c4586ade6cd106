# The base for engines that can pull; elsewhere the same packages are put together by mmdebstrap.
FROM debian:12-slim
ARG PACKAGES
RUN mkdir -p /etc/postgresql-common \
 && echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      -o Dpkg::Options::=--force-confold $PACKAGES \
 && rm -rf /var/lib/apt/lists/*
