"""Finding out what went wrong with a gradient: where it was recorded, what made a NaN, what changed since."""

from .cuts import Cut as Cut
from .cuts import cut_behind as cut_behind
from .cuts import cuts as cuts
from .explain import explain as explain
from .findings import Explanation as Explanation
from .findings import Finding as Finding
from .findings import Step as Step
from .sites import Origin as Origin
from .sites import Site as Site
from .sites import origin_of as origin_of
from .sites import site_of as site_of
from .watching import debug_mode as debug_mode
from .watching import detect_anomaly as detect_anomaly
