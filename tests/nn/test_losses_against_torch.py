"""Every loss that PyTorch has, over drawn options: the same value, the same gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn

torch = pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")

from against_torch import same_as_torch  # noqa: E402  # needs PyTorch

dtypes = st.sampled_from([np.float32, np.float64])
reductions = st.sampled_from(["mean", "sum", "none"])
seeds = st.integers(0, 99)
few = settings(max_examples=12, deadline=None)


def both(name, *args, tensors=("weight", "pos_weight"), **options):
    """Our loss and PyTorch's, of the same options."""
    theirs = {k: torch.tensor(v) if k in tensors and v is not None else v for k, v in options.items()}
    return getattr(nn, name)(*args, **options), getattr(torch.nn, name)(*args, **theirs)


@few
@given(
    shape=st.sampled_from([(4,), (3, 4), (1, 1), (2, 4, 3), (2, 3, 2, 2)]), weighed=st.booleans(),
    ignored=st.sampled_from([-100, -1, 0, 1]), smoothing=st.sampled_from([0.0, 0.1, 1.0]), reduction=reductions,
    scale=st.sampled_from([1.0, 1e4]), dtype=dtypes, seed=seeds,
)
def test_cross_entropy_of_classes(shape, weighed, ignored, smoothing, reduction, scale, dtype, seed):
    rng = np.random.default_rng(seed)
    axis = 1 if len(shape) > 1 else 0
    classes = shape[axis]
    target = rng.integers(0, classes, shape[:axis] + shape[axis + 1 :])
    if target.ndim:
        target.flat[1:] = np.where(rng.random(target.size - 1) < 0.5, ignored, target.flat[1:])
    weight = rng.uniform(0.1, 2.0, classes).astype(np.float32) if weighed else None
    options = {"weight": weight, "ignore_index": ignored, "reduction": reduction}
    ours, theirs = both("CrossEntropyLoss", label_smoothing=smoothing, **options)
    same_as_torch(ours, theirs, rng.standard_normal(shape) * scale, np.asarray(target), dtype=dtype)
    if smoothing == 0:
        logp = np.log(rng.uniform(0.1, 1.0, shape))
        same_as_torch(*both("NLLLoss", **options), logp, np.asarray(target), dtype=dtype)


def test_what_is_ignored_may_be_infinite():
    """The class of padding is often ruled out."""
    options = {"ignore_index": 0, "reduction": "mean"}
    scores = np.array([[-np.inf, 1.0, 2.0], [0.0, 1.0, 2.0]])
    same_as_torch(*both("CrossEntropyLoss", **options), scores, np.array([0, 2]))
    same_as_torch(*both("NLLLoss", **options), np.array([[-np.inf, -0.5], [-1.0, -0.5]]), np.array([0, 1]))


@few
@given(shape=st.sampled_from([(4,), (3, 4), (2, 4, 3)]), weighed=st.booleans(), smoothing=st.sampled_from([0.0, 0.1]),
       reduction=reductions, dtype=dtypes, seed=seeds)
def test_cross_entropy_of_probabilities(shape, weighed, smoothing, reduction, dtype, seed):
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.1, 2.0, 4).astype(np.float32) if weighed else None
    ours, theirs = both("CrossEntropyLoss", weight=weight, label_smoothing=smoothing, reduction=reduction)
    same_as_torch(ours, theirs, rng.standard_normal(shape), rng.uniform(0.1, 1.0, shape), dtype=dtype)


OF_PAIRS = [
    ("MSELoss", {}), ("L1Loss", {}), ("SmoothL1Loss", {}), ("SmoothL1Loss", {"beta": 0.3}),
    ("SmoothL1Loss", {"beta": 0.0}),
    ("HuberLoss", {}), ("HuberLoss", {"delta": 0.3}), ("BCELoss", {}), ("BCELoss", {"weight": [0.5, 2.0]}),
    ("BCEWithLogitsLoss", {}), ("BCEWithLogitsLoss", {"weight": [0.5, 2.0]}),
    ("BCEWithLogitsLoss", {"pos_weight": [0.5, 2.0]}), ("MultiLabelSoftMarginLoss", {}),
    ("MultiLabelSoftMarginLoss", {"weight": [0.5, 2.0]}), ("KLDivLoss", {}), ("KLDivLoss", {"log_target": True}),
]


@pytest.mark.parametrize(("name", "options"), OF_PAIRS, ids=str)
@settings(max_examples=6, deadline=None)
@pytest.mark.filterwarnings("ignore:reduction")  # PyTorch warns that mean is not the divergence
@given(shape=st.sampled_from([(2,), (3, 2), (2, 3, 2)]), reduction=reductions, dtype=dtypes, seed=seeds)
def test_losses_of_pairs(name, options, shape, reduction, dtype, seed):
    rng = np.random.default_rng(seed)
    ours, theirs = both(name, reduction=reduction, **options)
    inputs = (rng.uniform(0.05, 0.95, shape) for _ in range(2))
    same_as_torch(ours, theirs, *inputs, dtype=dtype)


def test_batchmean_and_certain_targets():
    rng = np.random.default_rng(0)
    certain = np.array([[1.0, 0.0], [0.25, 0.75]])
    ours, theirs = both("KLDivLoss", reduction="batchmean")
    assert ours(np.log([[0.5, 0.5], [0.9, 0.1]]), certain).item() == pytest.approx(
        theirs(torch.tensor(np.log([[0.5, 0.5], [0.9, 0.1]])), torch.tensor(certain)).item())
    same_as_torch(*both("BCEWithLogitsLoss"), rng.standard_normal((2, 2)) * 1e4, certain, dtype=np.float64)


@few
@given(p=st.sampled_from([1, 2]), margin=st.sampled_from([1.0, 0.3]), weighed=st.booleans(), reduction=reductions,
       dtype=dtypes, seed=seeds)
def test_multi_margin(p, margin, weighed, reduction, dtype, seed):
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.1, 2.0, 4).astype(np.float32 if dtype == np.float32 else np.float64) if weighed else None
    ours, theirs = both("MultiMarginLoss", p, margin, weight=weight, reduction=reduction)
    same_as_torch(ours, theirs, rng.standard_normal((3, 4)), rng.integers(0, 4, 3), dtype=dtype)
    if p == 1 and not weighed and reduction == "mean":  # the textbook's form is the same, but for the division by C
        scores, target = rng.standard_normal((3, 4)), rng.integers(0, 4, 3)
        textbook = nn.WestonWatkinsLoss(margin)(scores, target).item()
        assert ours(scores, target).item() * 4 == pytest.approx(textbook)


@few
@given(margin=st.sampled_from([0.0, 0.4]), reduction=reductions, dtype=dtypes, seed=seeds)
def test_cosine_embedding(margin, reduction, dtype, seed):
    rng = np.random.default_rng(seed)
    ours, theirs = both("CosineEmbeddingLoss", margin, reduction=reduction)
    same_as_torch(ours, theirs, *rng.standard_normal((2, 5, 3)), rng.choice([-1, 1], 5), dtype=dtype)


@few
@given(margin=st.sampled_from([1.0, 0.4]), p=st.sampled_from([1.0, 2.0, 3.0, np.inf]), swap=st.booleans(),
       reduction=reductions, dtype=dtypes, seed=seeds)
def test_triplet_margin(margin, p, swap, reduction, dtype, seed):
    ours, theirs = both("TripletMarginLoss", margin, p, swap=swap, reduction=reduction)
    same_as_torch(ours, theirs, *np.random.default_rng(seed).standard_normal((3, 5, 3)), dtype=dtype)


class AfterLogSoftmax(nn.Module):
    def __init__(self, loss):
        self.loss = loss

    def forward(self, x, *target):
        return self.loss(nn.functional.log_softmax(x, dim=-1), *target)


class TheirsAfterLogSoftmax(torch.nn.Module):
    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, x, *target):
        return self.loss(torch.log_softmax(x, -1), *target)


@few
@given(samples=st.integers(1, 3), time=st.integers(3, 9), longest=st.integers(1, 3), blank=st.sampled_from([0, 2]),
       concatenated=st.booleans(), reduction=reductions, dtype=dtypes, seed=seeds)
def test_ctc(samples, time, longest, blank, concatenated, reduction, dtype, seed):
    """PyTorch's gradient of log-probabilities holds only behind a log-softmax."""
    rng = np.random.default_rng(seed)
    others = [c for c in range(4) if c != blank]
    targets = rng.choice(others, (samples, longest))
    counts = rng.integers(1, longest + 1, samples)
    needed = max(n + (np.diff(t[:n]) == 0).sum() for n, t in zip(counts, targets, strict=True))
    times = rng.integers(min(needed, time), time + 1, samples)
    if needed > time:
        return
    given_as = np.concatenate([t[:n] for n, t in zip(counts, targets, strict=True)]) if concatenated else targets
    ours, theirs = (AfterLogSoftmax(nn.CTCLoss(blank, reduction)),
                    TheirsAfterLogSoftmax(torch.nn.CTCLoss(blank, reduction)))
    same_as_torch(ours, theirs, rng.standard_normal((time, samples, 4)), given_as, times, counts, dtype=dtype)


@pytest.mark.parametrize("zero", [False, True])
def test_ctc_without_an_alignment(zero):
    logp = np.log(np.full((2, 1, 3), 1 / 3))
    loss = nn.CTCLoss(zero_infinity=zero)(logp, [[1, 1]], [2], [2])
    theirs = torch.nn.CTCLoss(zero_infinity=zero)(
        torch.tensor(logp), torch.tensor([[1, 1]]), torch.tensor([2]), torch.tensor([2]))
    assert loss.item() == theirs.item() == (0.0 if zero else np.inf)
