# Coachbook in a container: docs/hosting.md says how to run it. tests/hosting/ runs these steps in a plain folder.

FROM python:3.13-slim AS build
COPY requirements/feed.txt /source/requirements/feed.txt
RUN python -m venv /opt/coachbook
RUN /opt/coachbook/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /source/requirements/feed.txt
COPY . /source
RUN /opt/coachbook/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps /source

FROM python:3.13-slim
COPY --from=build /opt/coachbook /opt/coachbook
# The number is fixed, so that files on the host can be given to it; no name is needed.
RUN install -d -o 10001 -g 10001 -m 700 /data
ENV PATH=/opt/coachbook/bin:/usr/local/bin:/usr/bin:/bin
ENV COACHBOOK_LOG__FORMAT=json
ENV COACHBOOK_LOG__STREAM=stdout
# For the health check, inside the container alone: COACHBOOK_HEALTH__HOST=0.0.0.0 opens it to other containers.
ENV COACHBOOK_HEALTH__PORT=9464
# The spool, beside the database's folder in the volume.
ENV STATE_DIRECTORY=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=15s --retries=1 --start-period=10m CMD ["coachbook", "health"]
ENTRYPOINT ["coachbook"]
CMD ["run"]
