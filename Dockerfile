# onestop as a container: hashed pins, a user of its own, a health check.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/build && python -m venv /opt/onestop
WORKDIR /src
COPY requirements/app.txt requirements/build.txt requirements/
RUN /opt/onestop/bin/pip install --require-hashes -r requirements/app.txt \
    && /opt/build/bin/pip install --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY templates templates
COPY static static
COPY kiosk kiosk
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/onestop/bin/pip install --no-deps dist/onestop-*.whl

FROM python:3.12-slim
# pg_dump and pg_restore for `onestop backup` and `restore`; the server's version or a newer one.
# espeak-ng and opusenc for the voices of the boards; the fonts for names in every script on the day pack.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client espeak-ng opus-tools \
    fonts-noto-core fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin onestop \
    && install --directory --owner onestop --group onestop --mode 0700 /var/lib/onestop
COPY --from=build /opt/onestop /opt/onestop
ENV PATH=/opt/onestop/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ONESTOP_VAR=/var/lib/onestop \
    ONESTOP_HOST=0.0.0.0 \
    ONESTOP_PORT=8000
USER onestop
WORKDIR /var/lib/onestop
VOLUME /var/lib/onestop
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["onestop", "serve"]
