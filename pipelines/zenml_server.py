"""ZenML's local server, which has the dashboard: found, started, stopped.

``zenml login --local`` starts the same server, and then makes every command go through it. Here commands stay on the
database that the server reads too, so that a dashboard that is stopped, or dies, takes no run with it.
"""

from __future__ import annotations

from zenml.client import Client
from zenml.config.global_config import GlobalConfiguration
from zenml.enums import ServerProviderType, StoreType
from zenml.utils.env_utils import temporary_environment
from zenml.utils.server_utils import get_local_server
from zenml.zen_server.deploy.deployer import LocalServerDeployer
from zenml.zen_server.deploy.deployment import LocalServerDeployment, LocalServerDeploymentConfig

from sentiment.errors import ServiceError
from sentiment.service.loopback import HOST, free_port

PORT = 8237
"""ZenML's own default."""
START_SECONDS = 120
STOP_SECONDS = 30
_OWN = f"http://{HOST}:*"
_SOURCES = {
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "img-src": "'self' data:",
    "style-src": "'self' 'unsafe-inline'",
    "font-src": "'self' data:",
    **dict.fromkeys(["default-src", "connect-src", "frame-src", "base-uri", "form-action"], "'self'"),
}
"""What the pages may load: nothing from outside, for customers' reviews are shown on them. By default ZenML's load
scripts of two marketing services, and pictures that are named after users and projects."""
_ENVIRONMENT = {
    # Between two addresses without quotes: ZenML 0.98 takes the quotes off both ends of what it is given.
    "ZENML_SERVER_SECURE_HEADERS_CSP": "; ".join(f"{what} {_OWN} {of} {_OWN}" for what, of in _SOURCES.items()),
    "ZENML_ANALYTICS_OPT_IN": "false",
    "ZENML_LOGGING_VERBOSITY": "WARNING",
}


def team_server() -> str | None:
    """Give the address of the server that ZenML is connected to; None where that is this machine's own, or none."""
    store = GlobalConfiguration().store_configuration
    if store.type != StoreType.REST or _is_own(store.url):
        return None
    return str(store.url)


def running_server() -> str | None:
    """Give the address of this machine's server; None where it does not run."""
    return _address(get_local_server())


def start(port: int | None) -> str:
    """Start this machine's server, or find that it runs, and give its address.

    Args:
        port: To listen on; None takes the one it had, or ZenML's default, or the next that is free.

    Raises:
        InputError: Another program has that port.
        ServiceError: The server did not start.
    """
    known, running = get_local_server(), running_server()
    if running is not None and port in (None, _port(known)):
        return running
    is_connected = known is not None and _is_own(GlobalConfiguration().store_configuration.url)
    wanted = free_port(port or _port(known) or PORT, only=port is not None)
    deployer = LocalServerDeployer()
    try:
        with temporary_environment(_ENVIRONMENT):
            server = deployer.deploy_server(
                LocalServerDeploymentConfig.model_validate(
                    {"provider": ServerProviderType.DAEMON, "port": wanted, "ip_address": HOST}
                ),
                timeout=START_SECONDS,
            )
    except RuntimeError as error:
        raise ServiceError(f"ZenML's server did not start on port {wanted}: {error}") from error
    address = _address(server)
    if address is None:
        raise ServiceError(
            f"ZenML's server was started on port {wanted} and has no address. `python run.py dashboard stop`, then "
            "start it again."
        )
    if is_connected:
        deployer.connect_to_server()
    _answer_survey()
    return address


def stop() -> bool:
    """Stop this machine's server, and take ZenML back to its database where it was connected to it.

    Returns:
        Whether there was something to stop.
    """
    known = get_local_server()
    if known is None:
        return False
    # Asked before: ZenML does not recognise a server that died as the one it is connected to.
    is_connected = _is_own(GlobalConfiguration().store_configuration.url)
    LocalServerDeployer().remove_server(timeout=STOP_SECONDS)
    if is_connected:
        GlobalConfiguration().set_default_store()
    return True


def _is_own(address: str) -> bool:
    """Ask whether an address is that of this machine's server, running or not."""
    known = get_local_server()
    return known is not None and address == known.config.url


def _address(server: LocalServerDeployment | None) -> str | None:
    return server.status.url if server is not None and server.status is not None else None


def _port(server: LocalServerDeployment | None) -> int | None:
    return getattr(server.config, "port", None) if server is not None else None


def _answer_survey() -> None:
    """Say no to ZenML's mails and survey, which would stand before every page until somebody answered."""
    client = Client()
    user = client.active_user
    if user.email_opted_in is None:
        client.update_user(
            user.name,
            updated_email_opt_in=False,
            updated_metadata={**user.user_metadata, "finished_onboarding_survey": True},
        )
