"""What must be so before Prefect is imported; importing this makes it so.

Prefect reads its settings when it is imported, in the processes that it starts for a schedule too, so that a function
called by ``main`` would come too late. What the user has set stays as it is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT))  # the project is not installed here: it asks for ZenML, whose pins exclude Prefect's

from sentiment.environment import without_proxy  # noqa: E402

SETTINGS = {
    "PREFECT_HOME": str(HERE / ".prefect"),
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",  # 20 are few for a small or busy machine
}

if not os.environ.get("PREFECT_API_URL"):
    # Ctrl-C ends the temporary server too, which would then be asked again and again for a minute.
    SETTINGS["PREFECT_CLIENT_MAX_RETRIES"] = "1"
for name, value in SETTINGS.items():
    os.environ.setdefault(name, value)
DIRECT = without_proxy(os.environ)
os.environ.update(no_proxy=DIRECT, NO_PROXY=DIRECT)  # a server of this machine is never asked through a proxy
