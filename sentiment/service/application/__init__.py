"""The application that serves a model over HTTP: the one place that knows FastAPI, uvicorn and Prometheus."""
