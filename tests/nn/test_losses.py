"""Cross-entropy: its value, its gradient, its stability, its errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, OptionError, SelectionError, ShapeError
from autograd_core.testing import gradcheck
from nn import functional

loss_function = nn.CrossEntropyLoss()


def batch(samples, classes, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((samples, classes)).astype(dtype), rng.integers(0, classes, samples)


@settings(deadline=None)
@given(samples=st.integers(1, 6), classes=st.integers(1, 6), seed=st.integers(0, 99))
def test_it_is_the_mean_of_minus_the_log_probability_of_the_label(samples, classes, seed):
    f, target = batch(samples, classes, seed)
    p = np.exp(f) / np.exp(f).sum(axis=1, keepdims=True)
    logits = ag.tensor(f, requires_grad=True)
    loss = loss_function(logits, target)
    loss.backward()
    np.testing.assert_allclose(loss.item(), -np.log(p[np.arange(samples), target]).mean(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(logits.grad.numpy(), (p - np.eye(classes)[target]) / samples, rtol=1e-12, atol=1e-15)


def test_it_passes_gradcheck_to_second_order():
    f, target = batch(4, 3)
    gradcheck(lambda logits: loss_function(logits, target), f, order=2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_ten_thousand_neither_overflow_nor_lose_the_gradient(dtype):
    logits = ag.tensor(np.array([[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [1e4, 1e4 - 1, -1e4]], dtype), requires_grad=True)
    loss = loss_function(logits, [1, 0, 0])
    loss.backward()
    last = np.log1p(np.exp(-1))
    assert (loss.dtype, logits.grad.dtype) == (dtype, dtype)
    assert loss.item() == pytest.approx((2e4 + 2e4 + np.log(2) + last) / 3, rel=1e-6)
    s = 1 / (1 + np.exp(1))
    expected = np.array([[1, -1, 0], [-1, 0.5, 0.5], [-s, s, 0]]) / 3
    np.testing.assert_allclose(logits.grad.numpy(), expected, rtol=1e-5 if dtype == np.float32 else 1e-10)


def test_a_class_ruled_out_by_minus_infinity_costs_nothing():
    logits = ag.tensor([[-np.inf, 0.0, 0.0]], requires_grad=True)
    loss = loss_function(logits, [1])
    loss.backward()
    assert loss.item() == pytest.approx(np.log(2))
    assert logits.grad.tolist() == [[0.0, -0.5, 0.5]]


@pytest.mark.parametrize("as_given", [list, ag.tensor, np.uint8, np.int32])
def test_labels_may_be_of_any_integer_kind(as_given):
    f, target = batch(4, 3)
    assert loss_function(f, as_given(target)).item() == loss_function(f, target).item()


def test_the_labels_are_left_alone():
    f, target = batch(4, 3)
    before = target.copy()
    logits = ag.tensor(f, requires_grad=True)
    loss_function(logits, target).backward()
    assert np.array_equal(target, before)
    assert np.array_equal(logits.numpy(), f)


@pytest.mark.parametrize(
    ("shape", "target", "error", "message"),
    [
        ((), 0, ShapeError, r"logits of shape \(\); expected \(samples, classes, ...\)"),
        ((3,), [0], ShapeError, r"target of shape \(1,\); expected \(\)"),
        ((2, 3, 4), [0, 1], ShapeError, r"target of shape \(2,\); expected \(2, 4\)"),
        ((0, 3), np.array([], int), ShapeError, r"logits of shape \(0, 3\); expected .* none 0"),
        ((2, 0), [0, 0], ShapeError, r"logits of shape \(2, 0\); expected"),
        ((2, 3), [0, 1, 2], ShapeError, r"target of shape \(3,\); expected \(2,\), one class for each"),
        ((2, 3), 1, ShapeError, r"target of shape \(\)"),
        ((2, 3), np.eye(3, dtype=int)[:2], ShapeError, r"For one-hot rows pass target\.argmax\(axis=1\)"),
        ((2, 3), [0.0, 1.0], DTypeError, r"target of float64; .* pass target\.astype\(int\)"),
        ((2, 3), ag.tensor([0.0, 1.0], requires_grad=True), DTypeError, "target of float64"),
        ((2, 3), [True, False], DTypeError, "target of bool"),
        ((2, 3), [0, 3], SelectionError, r"target\[1\] is 3, but the classes are 0 to 2"),
        ((2, 3), [-1, 0], SelectionError, r"target\[0\] is -1"),
    ],
)
def test_errors_name_what_is_wrong_and_leave_no_gradient(shape, target, error, message):
    logits = ag.tensor(np.zeros(shape), requires_grad=True)
    with pytest.raises(error, match=message):
        loss_function(logits, target)
    assert logits.grad is None


ONE_HOT = np.eye(3)[[0, 2, 1, 1]]
OUTPUT_MINUS_TARGET = {
    "softmax": (nn.CrossEntropyLoss(), lambda f: np.exp(f) / np.exp(f).sum(1, keepdims=True), ONE_HOT, 4),
    "sigmoid": (nn.BCEWithLogitsLoss(), lambda f: 1 / (1 + np.exp(-f)), ONE_HOT, 12),
    "linear": (nn.HalfMSELoss(), lambda f: f, ONE_HOT * 5, 4),
}


@pytest.mark.parametrize(("loss_of", "output", "y", "n"), OUTPUT_MINUS_TARGET.values(), ids=OUTPUT_MINUS_TARGET)
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_the_gradient_on_the_last_sums_is_the_output_minus_the_target(loss_of, output, y, n, scale):
    """Which is why none of the three saturates."""
    f = ag.tensor(np.random.default_rng(0).standard_normal((4, 3)) * scale, requires_grad=True)
    loss_of(f, y).backward()
    np.testing.assert_allclose(f.grad.numpy(), (output(f.numpy()) - y) / n, rtol=1e-12, atol=1e-15)


def test_the_support_vector_machines_of_the_textbook():
    """Scores 13, -7, 11 with the first class true and a margin of 10: max(0, -20 + 10) + max(0, -2 + 10) = 8."""
    scores = [[13.0, -7.0, 11.0]]
    assert nn.WestonWatkinsLoss(margin=10.0)(scores, [0]).item() == 8
    assert nn.WestonWatkinsLoss(margin=10.0, squared=True)(scores, [0]).item() == 64
    assert nn.CrammerSingerLoss(margin=10.0)(scores, [0]).item() == 8
    assert nn.CrammerSingerLoss()(scores, [0]).item() == 0
    assert nn.WestonWatkinsLoss()(np.zeros((5, 10)), [3] * 5).item() == 9  # the first step of a training


@pytest.mark.parametrize("make", [nn.WestonWatkinsLoss, nn.CrammerSingerLoss, nn.MultiMarginLoss])
def test_a_score_exactly_at_the_margin_has_no_gradient(make):
    scores = ag.tensor([[3.0, 2.0, -5.0]], requires_grad=True)
    make()(scores, [0]).backward()
    assert not scores.grad.numpy().any()


def test_a_prediction_and_a_target_that_would_broadcast_are_refused():
    for make in (nn.MSELoss, nn.HalfMSELoss, nn.L1Loss, nn.HuberLoss, nn.BCEWithLogitsLoss, nn.KLDivLoss):
        with pytest.raises(ShapeError, match=r"a prediction of shape \(5, 1\) for a target of shape \(5,\)"):
            make()(np.zeros((5, 1)), np.zeros(5))


def test_plain_targets_take_the_dtype_of_the_prediction():
    prediction = ag.tensor([0.25], dtype=np.float32, requires_grad=True)
    for make in (nn.MSELoss, nn.SmoothL1Loss, nn.BCELoss, nn.BCEWithLogitsLoss, nn.KLDivLoss):
        assert make()(prediction, np.array([1.0])).dtype == np.float32


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=2, max_size=9), st.booleans())
def test_hierarchical_softmax_is_a_distribution_and_its_loss_the_targets_share(counts, balanced):
    tree = len(counts) if balanced else nn.huffman(counts)
    layer = nn.HierarchicalSoftmax(4, tree, reduction="none", rng=0, dtype=np.float64)
    x, target = np.random.default_rng(0).standard_normal((3, 4)) * 5, [0, len(counts) - 1, 1]
    layer.bias.data = np.linspace(-1, 1, len(counts) - 1)
    p = layer.probabilities(x).numpy()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(layer(x, target).numpy(), -np.log(p[np.arange(3), target]), rtol=1e-10)


@given(st.lists(st.integers(1, 50), min_size=2, max_size=9))
def test_huffmans_tree_needs_no_more_turns_than_the_entropy_and_one(counts):
    lengths = {}

    def walk(node, depth):
        if isinstance(node, int):
            lengths[node] = depth
        else:
            walk(node[0], depth + 1)
            walk(node[1], depth + 1)

    walk(nn.huffman(counts), 0)
    p = np.array(counts) / sum(counts)
    mean = sum(p[label] * depth for label, depth in lengths.items())
    entropy = -(p * np.log2(p)).sum()
    assert sorted(lengths) == list(range(len(counts)))
    assert entropy - 1e-9 <= mean < entropy + 1


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: nn.MSELoss("avg"), OptionError, "MSELoss: reduction='avg'; expected 'mean', 'sum' or 'none'"),
    (lambda: nn.MSELoss()([1, 2], [1, 2]), DTypeError, "mse_loss: input of int64; expected floats"),
    (lambda: nn.CrossEntropyLoss(label_smoothing=2), OptionError, "label_smoothing=2"),
    (lambda: nn.CrossEntropyLoss([1.0, 2.0])(np.zeros((1, 3)), [0]), ShapeError, "for 3 classes"),
    (lambda: nn.BCELoss()([1.5], [1.0]), ShapeError, "for logits use BCEWithLogitsLoss"),
    (lambda: nn.BCELoss(weight=[1.0, 2.0, 3.0])([[0.5, 0.5]], [[1.0, 1.0]]), ShapeError,
     r"weight of shape \(3,\) does not broadcast to losses \(1, 2\)"),
    (lambda: nn.HuberLoss(delta=0), OptionError, "delta=0"),
    (lambda: nn.SmoothL1Loss(beta=-1), OptionError, "beta=-1"),
    (lambda: nn.MultiMarginLoss(3), OptionError, "p=3"),
    (lambda: nn.CrammerSingerLoss()([[1.0]], [0]), ShapeError, "a rival needs two"),
    (lambda: nn.WestonWatkinsLoss()([1.0], [0]), ShapeError, r"expected \(samples, classes\)"),
    (lambda: nn.AttributeHingeLoss()([[1.0]], [[0]]), ShapeError, r"2 \* y - 1"),
    (lambda: nn.CosineEmbeddingLoss()([[1.0]], [[1.0]], [0]), ShapeError, "targets of 1"),
    (lambda: nn.CosineEmbeddingLoss()([[1.0]], [[1.0]], [1, 1]), ShapeError, r"\(1, 1\) and a target of \(2,\)"),
    (lambda: nn.HierarchicalSoftmax(2, ((0, 1), 1)), OptionError, "class 1 is in the tree twice"),
    (lambda: nn.HierarchicalSoftmax(2, (0, 2)), OptionError, r"the classes \[0, 2\]"),
    (lambda: nn.HierarchicalSoftmax(2, (0, 1, 2)), OptionError, "neither a class number nor a pair"),
    (lambda: nn.HierarchicalSoftmax(2, 3)(np.zeros((1, 3)), [0]), ShapeError, r"expected \(samples, 2\)"),
    (lambda: nn.CTCLoss(5)(np.zeros((2, 1, 3)), [[1]], [2], [1]), SelectionError, "blank=5"),
    (lambda: nn.CTCLoss()(np.zeros((2, 1, 3)), [[0]], [2], [1]), SelectionError, "0, the blank"),
    (lambda: nn.CTCLoss()(np.zeros((2, 1, 3)), [[1]], [3], [1]), ShapeError, r"input_lengths=\[3\]"),
    (lambda: nn.CTCLoss()(np.zeros((2, 1, 3)), [[1]], [2], [2]), ShapeError, r"shape \(1, 1\) for 1 samples"),
    (lambda: nn.CTCLoss()(np.zeros((2, 1, 3)), [[1.5]], [2], [1]), DTypeError, "targets of float64"),
    (lambda: nn.CTCLoss()(np.zeros(3), [[1]], [2], [1]), ShapeError, r"expected \(time, samples, classes\)"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_certain_class_costs_nothing():
    logits = ag.tensor([[np.inf, 0.0, -np.inf]], requires_grad=True)
    loss = loss_function(logits, [0])
    loss.backward()
    assert loss.item() == 0
    assert logits.grad.tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_binary_cross_entropy_of_a_saturated_sigmoid_has_a_finite_gradient(dtype, target):
    z = ag.tensor(np.array([17.0, -17.0, 60.0, -60.0, 200.0], dtype), requires_grad=True)
    loss = nn.BCELoss()(ag.sigmoid(z), np.full(5, target, dtype))
    loss.backward()
    assert np.isfinite(loss.item())
    assert np.isfinite(z.grad.numpy()).all()


def test_binary_cross_entropy_of_sure_predictions_is_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")
    p, y = np.array([0.0, 1.0, 0.0, 1.0, 1e-8]), np.array([0.0, 1.0, 1.0, 0.0, 0.0])
    ours, theirs = ag.tensor(p, requires_grad=True), torch.tensor(p, requires_grad=True)
    loss, expected = nn.BCELoss(reduction="none")(ours, y), torch.nn.BCELoss(reduction="none")(theirs, torch.tensor(y))
    np.testing.assert_allclose(loss.numpy(), expected.detach().numpy(), rtol=1e-12)
    loss.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-6)


def test_binary_cross_entropy_of_logits_keeps_its_digits_in_float32():
    x = np.array([12.0, 16.0, 80.0], np.float32)
    for logits, target in ((x, np.ones(3)), (-x, np.zeros(3))):
        loss = nn.BCEWithLogitsLoss(reduction="none")(ag.tensor(logits), target.astype(np.float32))
        np.testing.assert_allclose(loss.numpy(), np.log1p(np.exp(-x.astype(float))), rtol=1e-6)


@pytest.mark.parametrize("make", [nn.BCELoss, nn.BCEWithLogitsLoss])
def test_targets_that_are_no_shares_are_refused(make):
    for targets in ([-1.0], [2.0], [np.nan]):
        with pytest.raises(ShapeError, match=r"targets outside \[0, 1\]"):
            make()(ag.tensor([0.5]), targets)


@pytest.mark.parametrize("loss_of", [functional.cross_entropy, functional.nll_loss])
@pytest.mark.parametrize("ignored", [0, 2, -1])
@pytest.mark.parametrize("weight", [None, [0.5, 2.0, 1.0]])
def test_ignored_labels_count_for_nothing_whatever_they_are(loss_of, ignored, weight):
    """A loss with some samples ignored is the loss of the others: padding may well be class 0."""
    f, target = batch(9, 3)
    target[:3] = ignored, 1, ignored
    kept = target != ignored
    logits, others = ag.tensor(f, requires_grad=True), ag.tensor(f[kept], requires_grad=True)
    for reduction in ("mean", "sum"):
        loss = loss_of(logits, target, weight, ignored, reduction)
        expected = loss_of(others, target[kept], weight, reduction=reduction)
        assert loss.item() == pytest.approx(expected.item(), rel=1e-12)
        loss.backward()
        expected.backward()
    np.testing.assert_allclose(logits.grad.numpy()[kept], others.grad.numpy(), rtol=1e-12)
    assert not logits.grad.numpy()[~kept].any()
    assert not loss_of(f, target, weight, ignored, "none").numpy()[~kept].any()
    assert np.isnan(loss_of(f[:1], [ignored], weight, ignored).item())  # the mean of nothing, as in PyTorch


P, LOGITS, Y = np.full((4, 3), 0.3), batch(4, 3)[0], np.eye(3)[[0, 2, 1, 1]]


@pytest.mark.parametrize(("loss_of", "operands"), [
    (lambda p, w: functional.binary_cross_entropy(p, Y, w), [P, np.array([1.0, 2.0, 0.5])]),
    (lambda x, w, pos: functional.binary_cross_entropy_with_logits(x, Y, w, "mean", pos),
     [LOGITS, np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([1.0, 2.0, 0.5])]),
    (lambda x, w: functional.multilabel_soft_margin_loss(x, Y, w), [LOGITS, np.array([1.0, 2.0, 0.5])]),
    (lambda x, w: functional.cross_entropy(x, [0, 2, 1, 1], w, 1, label_smoothing=0.1), [LOGITS, np.arange(1.0, 4.0)]),
    (lambda x, w: functional.cross_entropy(x, Y, w), [LOGITS, np.arange(1.0, 4.0)]),
    (lambda x, w: functional.nll_loss(x, [0, 2, 1, 1], w), [LOGITS, np.arange(1.0, 4.0)]),
])
def test_weights_get_their_gradient_too(loss_of, operands):
    gradcheck(loss_of, *operands)


def test_a_weight_takes_the_dtype_of_the_losses():
    weight = ag.tensor([1.0, 2.0, 0.5], requires_grad=True)
    prediction = ag.tensor(P, dtype=np.float32, requires_grad=True)
    for loss_of in (functional.binary_cross_entropy, functional.binary_cross_entropy_with_logits):
        assert loss_of(prediction, Y, weight).dtype == np.float32


def test_lengths_beyond_the_square_root_of_the_largest_float():
    for dtype, huge in ((np.float64, 1e200), (np.float32, 1e30)):
        x = np.array([[3.0, 4.0], [0.0, 0.0]], dtype)
        np.testing.assert_allclose(functional.normalize(x * dtype(huge)).numpy(), [[0.6, 0.8], [0, 0]], rtol=1e-6)
        x = x[:1] * dtype(huge)
        assert functional.pairwise_distance(x, 0 * x).item() == pytest.approx(5 * huge)
        assert functional.cosine_similarity(x, x).item() == pytest.approx(1)
        assert functional.cosine_embedding_loss(x, x, [1]).item() == pytest.approx(0, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(shapes=st.sampled_from([((3, 1), (3, 5)), ((5,), (3, 5)), ((2, 1, 4), (3, 1)), ((2, 3), (2, 3))]),
       dim=st.integers(-2, 1), p=st.sampled_from([1, 1.5, 2, 3.0, np.inf]), seed=st.integers(0, 99))
def test_vectors_are_compared_after_they_broadcast(shapes, dim, p, seed):
    rng = np.random.default_rng(seed)
    x1, x2 = (rng.standard_normal(shape) for shape in shapes)
    a, b = np.broadcast_arrays(x1, x2)
    cosine = (a * b).sum(dim) / np.sqrt((a * a).sum(dim) * (b * b).sum(dim))
    np.testing.assert_allclose(functional.cosine_similarity(x1, x2, dim).numpy(), cosine, rtol=1e-10)
    distance = functional.pairwise_distance(x1, x2, p, eps=0.0)
    np.testing.assert_allclose(distance.numpy(), np.linalg.vector_norm(a - b, axis=-1, ord=p), rtol=1e-10)
