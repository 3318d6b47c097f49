"""Framework: the declarations read into frozen objects, every reference checked. What is wanted is data.

`load` reads a project's ``evaluation/`` and ``notebooks/notebooks.yaml`` into a `Framework`.
"""

from onroll.framework.comparisons import Comparator, RatingRule, RatingTerms
from onroll.framework.declared import Framework
from onroll.framework.indicators import Indicator
from onroll.framework.loading import load
from onroll.framework.notebooks import Notebook
from onroll.framework.parameters import Parameter
from onroll.framework.plan import Design, Plan
from onroll.framework.protection import Disclosure, DisclosurePolicy
from onroll.framework.strategy import FocusArea, Objective, Priority, Strategy

__all__ = [
    "Comparator",
    "Design",
    "Disclosure",
    "DisclosurePolicy",
    "FocusArea",
    "Framework",
    "Indicator",
    "Notebook",
    "Objective",
    "Parameter",
    "Plan",
    "Priority",
    "RatingRule",
    "RatingTerms",
    "Strategy",
    "load",
]
