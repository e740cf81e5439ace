"""Model families, one file each: the file's name is the family's name.

A family is a module with three names:

- ``ALGORITHM``: what people call it, for the tracker's ``algorithm`` tag;
- ``Params``: its hyperparameters, a `base.FamilyParams`;
- ``fit(params, recipe, train, validation, seed) -> base.Fitted``.

One that stores its parts in a format of its own (not skops) also has ``save_part`` and ``load_part``, and its parts
have an attribute ``stored_by`` with the family's name. One whose libraries take seconds to import has ``prepare()``.
One that learns from the validation rows when to stop has ``STOPS_EARLY = True``.
"""

from __future__ import annotations

from sentiment.modules import Modules

_FAMILIES = Modules(__name__, "family", shared=("base",))
names, get, module_name = _FAMILIES.names, _FAMILIES.get, _FAMILIES.dotted_name
