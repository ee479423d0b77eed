"""FullBatch: what optimizers share that move all parameters as one vector, and evaluate the loss as often as needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn

import numpy as np

from autograd_core.errors import DTypeError, GraphError, InPlaceError, OptionError
from autograd_core.matching import Loading, Unmatched
from autograd_core.options import at_least_0, integer

from . import state as states
from .groups import Group, Options
from .line_search import Trial, strong_wolfe
from .objective import Objective, Point
from .optimizer import Optimizer

TRIALS = 25
"""Steps that one line search may try."""


@dataclass
class Run:
    """What several iterations came to: where they ended, why, and the loss before each."""

    point: Point
    values: list[float] = field(default_factory=list)
    iterations: int = 0
    message: str = ""


class FullBatch(Optimizer):
    """Base of the optimizers whose :meth:`step` takes a closure that computes the loss.

    All parameters are one vector to them, in the widest dtype that one has, with one set of options. A subclass defines
    :meth:`direction`, or :meth:`advance` if it does not search along one.

    Args:
        params: a model, Tensors, or (name, Tensor) pairs.
        options: of the subclass, by name.

    Raises:
        OptionError: no parameters, several groups, an option that makes no sense.
        DTypeError, GraphError: see :class:`Optimizer`.
    """

    objective: type[Objective] = Objective
    remembers: ClassVar[tuple[str, ...]] = ()  # the vectors in ``memory``, once it has any
    curvature = 0.9  # c₂ of the line search

    def __init__(self, params: Any, **options: Any) -> None:
        self.memory: dict[str, np.ndarray] = {}  # vectors carried from one iteration to the next
        self.iterations = 0
        super().__init__(params, **options)
        if len(self.param_groups) > 1:
            raise OptionError(f"{type(self).__name__}: {len(self.param_groups)} groups; it moves all parameters as one "
                              f"vector, with one set of options.")

    def check(self, options: Options) -> Options:
        """The options, checked."""
        name = type(self).__name__
        for option, only in {"maximize": False, "nonfinite": "raise", "missing": "skip"}.items():
            if options[option] != only:
                raise OptionError(f"{name}: {option}={options[option]!r}; this optimizer only has {only!r}.")
        options["max_iter"] = integer(f"{name}: max_iter", options["max_iter"], least=1)
        for option in ("tolerance_grad", "tolerance_change"):
            options[option] = at_least_0(f"{name}: {option}", options[option])
        search = options.setdefault("line_search_fn", None)
        if search is not None and str(search) != "strong_wolfe":
            raise OptionError(f"{name}: line_search_fn={search!r}; expected None or 'strong_wolfe'.")
        return options

    def add_param_group(self, group: Mapping[str, Any]) -> NoReturn:
        """Refused: what was learnt of the curvature belongs to the parameters as they are.

        Raises:
            OptionError: always.
        """
        raise OptionError(f"{type(self).__name__}: its parameters are fixed; make a new one for more of them.")

    def step(self, closure: Callable[[], Any]) -> float:
        """Up to ``max_iter`` iterations; fewer if a tolerance is met. The parameters end at the best point found.

        Args:
            closure: computes the loss from the parameters and returns it. It may call ``backward()``, as PyTorch's
                closures do, but need not; where second derivatives are used, it must not.

        Returns:
            The loss before the step.

        Raises:
            GraphError: the loss or its gradient is not finite, or it does not depend on the parameters.
            DTypeError, ShapeError: the closure returned something else than one number.
            InPlaceError: a parameter in read-only memory.
        """
        return self.run(closure).values[0]

    def run(self, closure: Callable[[], Any], after: Callable[[Point], Any] | None = None) -> Run:
        """One step, with all that is known of it; see :meth:`step`.

        Args:
            closure: computes the loss.
            after: called after each iteration with the new point; may return True to stop.

        Returns:
            A Run.
        """
        if not callable(closure):
            raise DTypeError(f"{type(self).__name__}: closure={closure!r}; expected a function that computes the loss.")
        objective = self.objective(type(self).__name__, closure, self.params)
        for name, p in zip(self.param_groups[0].names, self.params, strict=True):
            if not p.data.flags.writeable:
                raise InPlaceError(f"{objective.name}: params[{name}] is in read-only memory; make it of a copy.")
        run = Run(objective.here())
        self._check_finite(objective, run.point)
        run.values.append(run.point.value)
        try:
            self._iterate(run, objective, self.param_groups[0], after)
        finally:
            for p, part in zip(self.params, objective.split(run.point.x), strict=True):
                data = p.data
                np.copyto(data, part)
                p.data = data  # tells the engine of the write
        return run

    def _iterate(self, run: Run, objective: Objective, group: Group, after: Callable[[Point], Any] | None) -> None:
        while True:
            if np.abs(run.point.gradient).max(initial=0) <= group.tolerance_grad:
                run.message = "the gradient is within the tolerance"
                return
            if run.iterations and objective.evaluations >= group.get("max_eval", math.inf):
                run.message = f"max_eval={group.max_eval} evaluations are used up"
                return
            self.iterations += 1
            there = self.advance(group, run.point)
            if there is None:
                run.message = "no lower point was found"
                return
            before, run.iterations = run.point, run.iterations + 1
            if run.iterations < group.max_iter or after is not None:
                self._check_finite(objective, there)  # and evaluated only now: the next step may have other data
                run.values.append(there.value)
            run.point = there
            if after is not None and after(there):
                run.message = "the callback stopped it"
            elif run.iterations == group.max_iter:
                run.message = f"max_iter={group.max_iter} iterations are used up"
            elif np.abs(there.x - before.x).max(initial=0) <= group.tolerance_change:
                run.message = "the parameters change no more than the tolerance"
            elif abs(there.value - before.value) < group.tolerance_change:
                run.message = "the loss changes less than the tolerance"
            if run.message:
                return

    def _check_finite(self, objective: Objective, point: Point) -> None:
        if not point.finite:
            raise GraphError(f"{objective.name}: the loss is {point.value:g}, or its gradient not finite, after "
                             f"{objective.evaluations} evaluations; the parameters are at the last good point. Start "
                             f"elsewhere, scale the loss, or lower lr.")

    def advance(self, group: Group, point: Point) -> Point | None:
        """One iteration: from ``point`` to a better one, or None where there is none."""
        d, first = self.direction(group, point)
        slope = float(point.gradient @ d)
        if not slope < -group.tolerance_change:
            return None
        if group.line_search_fn is None:
            self.remember(point, d, first)
            return point.objective.at(point.x + first * d)

        def along(step: float) -> Trial:
            place = point.objective.at(point.x + step * d)
            value = place.value if place.finite else np.inf
            return Trial(step, value, float(place.gradient @ d), place)

        evaluations = point.objective.evaluations
        trial = strong_wolfe(along, Trial(0.0, point.value, slope, point), first, c2=self.curvature,
                             max_trials=min(TRIALS, group.get("max_eval", TRIALS + evaluations) - evaluations),
                             narrowest=group.tolerance_change / float(np.abs(d).max()))
        if trial.step == 0 and self.memory:  # what was learnt misleads: once more, along the gradient
            self.memory.clear()
            return self.advance(group, point)
        self.remember(point, d, trial.step)
        return trial.place if trial.step else None

    def direction(self, group: Group, point: Point) -> tuple[np.ndarray, float]:
        """Where to go from a point, and the first step to try; defined by subclasses."""
        raise NotImplementedError(f"{type(self).__name__} has no direction(); define it.")

    def remember(self, point: Point, d: np.ndarray, step: float) -> None:
        """Keep in ``memory`` what the next iteration needs of this one, which went from ``point`` to step · d."""

    # Files: the memory, cut into pieces of the shapes of the parameters

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on later as if nothing had happened; see :meth:`Optimizer.state_dict`."""
        names = self.param_groups[0].names
        cut = {key: self._pieces(vector) for key, vector in self.memory.items()}
        self._state = {name: {key: pieces[i] for key, pieces in cut.items()} for i, name in enumerate(names)}
        self._steps = dict.fromkeys(names, self.iterations)
        return super().state_dict()

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Unmatched:
        """Go on from a state that :meth:`state_dict` gave; see :meth:`Optimizer.load_state_dict`.

        With ``strict=False`` and a parameter that the state does not know, the memory starts afresh.
        """
        loaded = states.read(self, state, strict, None)
        memory = {} if loaded.unmatched.missing_keys else self._joined(loaded)
        self.memory, self.iterations = memory, max(loaded.steps.values(), default=0)
        return states.assign(self, loaded)

    def _joined(self, loaded: states.Loaded) -> dict[str, np.ndarray]:
        """The memory, of its pieces."""
        loading, names = Loading(type(self).__name__), self.param_groups[0].names
        loading.match(names, loaded.arrays)
        loading.done()
        steps, arrays = loaded.steps, loaded.arrays
        first, *others = names
        for name in others:
            if steps[name] != steps[first]:
                loading.note("wrong", f"step of {name} is {steps[name]}, of {first} {steps[first]}")
            for key in sorted(arrays[name].keys() ^ arrays[first].keys()):
                loading.note("wrong", f"{key} is known of {name} or {first} only")
        if not self.knows(arrays[first].keys()):
            loading.note("wrong", f"no {type(self).__name__} has just {', '.join(arrays[first])}")
        loading.done()
        return {key: np.concatenate([arrays[name][key].reshape(-1) for name in names]) for key in arrays[first]}

    def knows(self, keys: Collection[str]) -> bool:
        """Whether these can be the vectors in ``memory``."""
        return set(keys) in (set(), set(self.remembers))

    def _pieces(self, vector: np.ndarray) -> list[np.ndarray]:
        ends = np.cumsum([p.size for p in self.params])[:-1]
        return [piece.reshape(p.shape).astype(states.working_dtype(p.dtype))
                for piece, p in zip(np.split(vector, ends), self.params, strict=True)]
