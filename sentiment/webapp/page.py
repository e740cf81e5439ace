"""The page, which Streamlit runs anew whenever somebody does something; the one file that knows Streamlit.

Text from outside is shown through `st.html` after it was escaped, through `st.code` or in a table: Streamlit's other
elements read Markdown.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable

import pandas as pd
import streamlit as st
from markupsafe import Markup, escape
from streamlit.delta_generator import DeltaGenerator

from sentiment.errors import SentimentError, ServiceError
from sentiment.monitoring.history import History
from sentiment.phrases import amount
from sentiment.reviews.schema import Schema
from sentiment.service.current import read_current
from sentiment.service.predictions import Prediction
from sentiment.service.predictions.store import POSTGRESQL, open_store
from sentiment.service.settings import TOKEN_VARIABLE, read_token
from sentiment.webapp.client import Service
from sentiment.webapp.highlight import marked
from sentiment.webapp.settings import VARIABLE, PageSettings
from sentiment.webapp.upload import Columns, Upload, as_csv, read_upload, score_upload

_WORDS = 12
_LATEST = 20
_FIRST_ROWS = 50
_LEGEND = (
    "▲ speaks for a recommendation, ▼ against one; ¬ stands where a negation reaches the word. "
    "Point at a word for its weight."
)
_NO_TITLES = "The model reads titles as well, and was given none."
_STYLE = """<style>
.verdict { font-size: 1.4rem; font-weight: 600; margin: 0; }
.review { line-height: 1.9; overflow-wrap: anywhere; }
mark { padding: 0 .15em; border-radius: .2em; color: inherit; }
mark.for { background: #2a9d5c33; border-bottom: 2px solid #2a9d5c; }
mark.against { background: #c8553d33; border-bottom: 2px dashed #c8553d; }
</style>"""


def main() -> None:
    """Show the page."""
    st.set_page_config(page_title="Customer sentiment", layout="centered")
    settings = PageSettings.model_validate_json(os.environ[VARIABLE])
    st.title("Would the customer recommend it?")
    one, file, production = st.tabs(["One review", "A file", "In production"])
    with one:
        _guarded(lambda: _one(_service(settings)))
    with file:
        _guarded(lambda: _file(_service(settings)))
    with production:
        _guarded(lambda: _production(settings))


def _guarded(show: Callable[[], None]) -> None:
    """Show a part of the page, or what kept it from being shown."""
    try:
        show()
    except SentimentError as error:
        _say(str(error), error=True)


def _say(text: str, *, error: bool = False) -> None:
    kind = "⚠ " if error else ""
    st.html(str(Markup('<p role="{}">{}{}</p>').format("alert" if error else "status", kind, text)))


def _service(settings: PageSettings) -> Service:
    """Find the service, at every run: its address changes with every deployment."""
    address = settings.address
    if address is None:
        current = read_current(settings.current)
        if current is None:
            raise ServiceError("nothing is in service: `python run.py deploy --to service` starts the champion")
        address = current.address
    return Service(address, read_token(settings.token_file, os.environ.get(TOKEN_VARIABLE)))


def _one(service: Service) -> None:
    with st.form("review"):
        title = st.text_input("Title, where there is one")
        review = st.text_area("Review", height=160)
        asked = st.form_submit_button("Ask", type="primary")
    if asked and not review.strip():
        _say("Write a review first: an empty one is not answered.", error=True)
    elif asked:
        (answer,) = service.ask([review], [title], words=_WORDS)
        answer["misses_title"] = not title.strip() and bool(service.model().get("reads_titles"))
        st.session_state["asked"] = (title, review, answer)
    if "asked" not in st.session_state:
        return
    title, review, answer = st.session_state["asked"]
    verdict = "recommends the product" if answer["recommended"] else "does not recommend the product"
    words = [(str(word), float(weight)) for word, weight in answer.get("words") or ()]
    shown = Markup('<p class="verdict">The customer {}</p><p>probability of a recommendation: {:.0%}</p>').format(
        verdict, answer["probability"]
    )
    if not answer["known_words"]:
        shown += escape("The model knows no word of this: it gives its answer to an empty review.")
    if answer["misses_title"]:
        shown += Markup("<p>{}</p>").format(_NO_TITLES)
    marked_title, marked_review = marked(title, review, words)
    shown += Markup('<p class="review"><strong>{}</strong></p>').format(marked_title) if title else Markup()
    shown += Markup('<p class="review">{}</p>').format(marked_review)
    st.html(_STYLE + str(shown))
    if words:
        st.caption(_LEGEND)
    _feedback(service, answer)


def _feedback(service: Service, answer: dict[str, object]) -> None:
    identity, recommended = str(answer["id"]), bool(answer["recommended"])
    if st.session_state.get("said") == identity:
        _say("Thank you: that is kept with the prediction.")
        return
    st.write("Was that right?")
    right, wrong = st.columns(2)
    for column, label, said in ((right, "Yes", recommended), (wrong, "No", not recommended)):
        if column.button(label, key=f"said-{label}", width="stretch"):
            service.say(identity, recommended=said)
            st.session_state["said"] = identity
            st.rerun()


def _file(service: Service) -> None:
    about = service.model()
    schema = Schema.from_mapping(about.get("schema", {}), source=f"what {service.address} says of its model")
    _say(
        f"Version {about.get('version')} was trained on the column {schema.text!r}"
        + (f", with {schema.title!r} where there are titles." if schema.title is not None else ", without titles.")
    )
    uploaded = st.file_uploader("CSV, JSON lines or Parquet, packed by gzip or zip or not")
    encoding = st.text_input("Encoding of its text", "utf-8")
    if uploaded is None:
        return
    upload = read_upload(uploaded.getvalue(), name=uploaded.name, encoding=encoding, schema=schema)
    key = (uploaded.file_id, encoding, service.address)
    columns = _columns(upload, key)
    if columns is None:
        return
    if about.get("reads_titles") and columns.title is None:
        _say(_NO_TITLES)
    if upload.table.problems:
        _say("Rows that are not in order were left out:", error=True)
        st.code("\n".join(upload.table.problems), language=None, wrap_lines=True)
    if st.session_state.get("scored-of") != (key, columns):
        bar = st.progress(0.0)
        scored = score_upload(upload.table, columns, service, lambda done: _advance(bar, done))
        bar.empty()
        st.session_state.update({"scored-of": (key, columns), "scored": scored})
    _scored(st.session_state["scored"])


def _columns(upload: Upload, key: tuple[str, ...]) -> Columns | None:
    """Give the columns that are read: the version's, or those that a person chose; None until that was done."""
    if upload.missing is None:
        return upload.columns
    _say(f"The file has other columns than the version was trained on ({upload.missing}). Which are to be read?")
    header = [name for name in upload.table.header if name]
    guess = upload.columns or Columns("", None)
    with st.form("columns"):
        text = st.selectbox("The review", header, index=header.index(guess.text) if guess.text else None)
        titles = [None, *header]
        title = st.selectbox("The title", titles, index=titles.index(guess.title), format_func=lambda one: one or "—")
        chosen = st.form_submit_button("Score", type="primary")
    if chosen and text is not None:
        st.session_state["columns-of"] = (key, Columns(text, title if title != text else None))
    asked, columns = st.session_state.get("columns-of", (None, None))
    return columns if asked == key else None


def _scored(scored: pd.DataFrame) -> None:
    answered = scored[scored["reason"].isna()]
    left_out = len(scored) - len(answered)
    why = f"{left_out:,} could not be scored: the column 'reason' says why." if left_out else ""
    if len(answered):
        share = answered["recommended"].astype(bool).mean()
        _say(f"{amount(len(answered), 'review was', 'reviews were')} scored; {share:.1%} recommend. {why}")
        _distribution(answered)
    else:
        _say(why, error=True)
    st.dataframe(scored.head(_FIRST_ROWS), hide_index=True)
    st.download_button("Download as CSV", as_csv(scored), "scored.csv", "text/csv")
    parquet = io.BytesIO()
    scored.to_parquet(parquet, index=False)
    st.download_button("Download as Parquet", parquet.getvalue(), "scored.parquet", "application/octet-stream")


def _distribution(answered: pd.DataFrame) -> None:
    tenths = pd.cut(answered["probability"].astype(float), [step / 10 for step in range(11)], include_lowest=True)
    counts = tenths.value_counts(sort=False)
    st.bar_chart(pd.DataFrame({"reviews": counts.to_numpy()}, index=[f"{one.right:.1f}" for one in counts.index]))


def _advance(bar: DeltaGenerator, done: float) -> None:
    bar.progress(done, "scoring")


def _production(settings: PageSettings) -> None:
    service = _service(settings)
    about = service.model()
    metrics = about.get("metrics", {})
    st.dataframe(
        pd.DataFrame(
            [
                ("version", about.get("version")),
                ("model", about.get("name")),
                ("trained on", about.get("trained_on", {}).get("data")),
                ("threshold", f"{about.get('threshold', 0):.3f}"),
                *((name, f"{metrics[name]:.4f}") for name in ("accuracy", "roc_auc", "mcc") if name in metrics),
                ("digest", str(about.get("digest", ""))[:16]),
            ],
            columns=["what", "is"],
        ).astype(str),
        hide_index=True,
    )
    windows = History(settings.history).windows()
    if windows:
        newest = windows[-1]
        _say(f"Monitoring, {newest.judged:%Y-%m-%d %H:%M} UTC: {newest.judgement.state}")
        st.code("\n".join(newest.judgement.reasons), language=None, wrap_lines=True)
    else:
        _say("No window was judged yet: `python run.py monitor` does.")
    newest_first = _latest(settings, service)
    if newest_first:
        st.dataframe(
            pd.DataFrame(
                {
                    "when (UTC)": [one.time.strftime("%Y-%m-%d %H:%M:%S") for one in newest_first],
                    "recommends": ["yes" if one.recommended else "no" for one in newest_first],
                    "probability": [round(one.probability, 3) for one in newest_first],
                    "review": [one.review or "(not kept)" for one in newest_first],
                }
            ),
            hide_index=True,
        )


def _latest(settings: PageSettings, service: Service) -> list[Prediction]:
    """Read the latest predictions; a folder of this machine holds those of a service that runs here."""
    if settings.predictions is None or (settings.predictions != POSTGRESQL and not service.is_here):
        return []
    return open_store(settings.predictions, os.environ).latest(_LATEST)


if __name__ == "__main__":
    main()
