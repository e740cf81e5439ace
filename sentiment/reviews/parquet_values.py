"""Values of Parquet columns, those too that Python has no value for."""

from __future__ import annotations

from typing import Any


def values_of(column: Any) -> list[Any]:
    """Give what a column of a Parquet file holds; as text what Python has no value for."""
    try:
        values: list[Any] = column.to_pylist()
    except (ArithmeticError, ValueError):  # of one value: Arrow's own errors are ValueErrors
        return [_value(scalar) for scalar in column]
    return values


def _value(scalar: Any) -> Any:
    """Give one value. Dates beyond the years 1 to 9999 and times of an unknown zone become text, as Arrow writes it."""
    import pyarrow as pa

    try:
        return scalar.as_py()
    except (ArithmeticError, ValueError):
        if isinstance(scalar, pa.StringScalar | pa.LargeStringScalar):  # no valid UTF-8: a fault of the row
            return scalar.as_buffer().to_pybytes()
        if isinstance(scalar, pa.StructScalar):
            return {name: _value(scalar[name]) for name in scalar}
        if isinstance(scalar, pa.ListScalar | pa.LargeListScalar | pa.FixedSizeListScalar):
            return [_value(one) for one in scalar.values]
        return _value(scalar.value) if isinstance(scalar, pa.DictionaryScalar) else _text(scalar)


def _text(scalar: Any) -> str:
    """Write a date or a time as Arrow does; one with a zone in UTC."""
    import pyarrow as pa

    if isinstance(scalar, pa.TimestampScalar) and scalar.type.tz is not None:
        return f"{_value(scalar.cast(pa.timestamp(scalar.type.unit)))} UTC"
    return str(scalar.cast(pa.string()))
