"""Draws docs/images/race.gif and digits_race.svg, and fills the tables of racing.md.

Every rate is found by one rule: of 1, 2 and 5 times powers of ten, that with the lowest mean loss over the run.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import autograd_core as ag
import nn
import optim

DOCS = Path(__file__).parents[1]
STEPS, TAIL = 80, 15
RATES = [float(f"{digit}e{k}") for k in range(-4, 2) for digit in (1, 2, 5)]

RACERS: dict[str, tuple[Callable[..., optim.Optimizer], str]] = {
    "GD": (lambda params, lr: optim.GD(params, lr=lr), "#666666"),
    "momentum": (lambda params, lr: optim.SGD(params, lr=lr, momentum=0.9), "#0072B2"),
    "Nesterov": (lambda params, lr: optim.SGD(params, lr=lr, momentum=0.9, nesterov=True), "#56B4E9"),
    "Adagrad": (lambda params, lr: optim.Adagrad(params, lr=lr), "#009E73"),
    "RMSprop": (lambda params, lr: optim.RMSprop(params, lr=lr, alpha=0.9), "#E69F00"),
    "Adam": (lambda params, lr: optim.Adam(params, lr=lr), "#D55E00"),
    "adaptive gains": (lambda params, lr: optim.AdaptiveGains(params, lr=lr), "#CC79A7"),
}


def saddle(x, y):
    """Flat at the origin, down to both sides; the start is a hair beside the ridge."""
    return x**2 / 2 - y**2 / 2 + y**4 / 8


def ravine(x, y):
    """Fifty times steeper across than along, and aligned with neither axis."""
    along, across = (x * 3**0.5 + y) / 2, (y * 3**0.5 - x) / 2
    return along**2 / 50 + across**2


def bowl(x, y):
    """Round; its gradients come with noise of standard deviation 2."""
    return (x**2 + y**2) / 2


VALLEYS = {  # function, start, noise of the gradient, what is shown
    "saddle": (saddle, (-1.8, 1e-3), 0.0, (-2.2, 1.2, -2.2, 2.2)),
    "ravine": (ravine, (-8.5, -2.5), 0.0, (-9.5, 2.5, -6.0, 2.5)),
    "noisy bowl": (bowl, (-2.5, 2.0), 2.0, (-3.2, 2.2, -2.6, 2.6)),
}


def path(valley: str, racer: str, lr: float, steps: int = STEPS, seed: int = 0) -> np.ndarray:
    """The places (steps + 1, 2) that an optimizer comes to; NaN from where it is lost."""
    f, start, noise, _ = VALLEYS[valley]
    rng = np.random.default_rng(seed)
    place = ag.tensor(start, requires_grad=True)
    optimizer = RACERS[racer][0]([place], lr)
    places = np.full((steps + 1, 2), np.nan)
    places[0] = start
    for step in range(steps):
        optimizer.zero_grad()
        (f(place[0], place[1]) + noise * (rng.standard_normal(2) * place).sum()).backward()
        optimizer.step()
        if np.abs(place.numpy()).max() > 100:
            break
        places[step + 1] = place.numpy()
    return places


def mean_loss(valley: str, racer: str, lr: float) -> float:
    """The loss, without its noise, over all steps; where there is noise, of 8 runs. NaN if it gets lost."""
    f, _, noise, _ = VALLEYS[valley]
    return float(np.mean([f(*path(valley, racer, lr, seed=seed).T) for seed in range(8 if noise else 1)]))


def best(loss_of: Callable[[float], float], rates: Iterable[float] = RATES) -> tuple[float, float]:
    """The rate with the lowest loss, and that loss."""
    losses = {rate: loss_of(rate) for rate in rates}
    rate = min(losses, key=lambda rate: (not np.isfinite(losses[rate]), losses[rate]))
    return rate, losses[rate]


def shades() -> list[int]:
    """The colours of the race on their way to white, and greys, as one list of red, green, blue, red ..."""
    colors = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in ("#000000", *(c for _, c in RACERS.values()))]
    return [round(part + (255 - part) * k / 7) for color in colors for k in range(8) for part in color]


def film(rates: dict[str, dict[str, float]], target: Path) -> None:
    """The race, a frame a step, as an animated GIF."""
    from PIL import Image

    figure = Figure(figsize=(9, 3.4), dpi=90, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    runners = []
    for axes, (valley, (f, start, _, frame)) in zip(figure.subplots(1, 3), VALLEYS.items(), strict=True):
        left, right, bottom, top = frame
        x, y = np.meshgrid(np.linspace(left, right, 200), np.linspace(bottom, top, 200))
        height = f(x, y)
        levels = np.quantile(height, np.linspace(0.02, 0.98, 13))
        axes.contour(x, y, height, levels=levels, colors="#BBBBBB", linewidths=0.7, linestyles="solid")
        axes.plot(*start, "+", color="black", markersize=7)
        axes.set(title=valley, xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
        for racer, (_, color) in RACERS.items():
            (trail,) = axes.plot([], [], color=color, linewidth=1.5, label=racer)
            (head,) = axes.plot([], [], "o", color=color, markersize=5)
            runners.append((path(valley, racer, rates[valley][racer]), trail, head))
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(RACERS), frameon=False)
    counter = figure.axes[0].text(0.03, 0.03, "", transform=figure.axes[0].transAxes)
    frames = []
    for step in [*range(40), *range(40, STEPS + 1, 2)]:
        for places, trail, head in runners:
            trail.set_data(*places[max(0, step - TAIL) : step + 1].T)
            head.set_data(*places[step : step + 1].T)
        counter.set_text(f"step {step}")
        canvas.draw()
        frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]))
    palette = Image.new("P", (1, 1))
    palette.putpalette(shades())
    frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    times = [120] * (len(frames) - 1) + [3000]
    frames[0].save(target, save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=True)


# The digits, and a network with one hidden layer

EPOCHS, BATCH = 20, 32


def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 pictures of 8 x 8 pixels from 0 to 1, and what they show."""
    from sklearn.datasets import load_digits

    data = load_digits()
    return (data.data / 16).astype(np.float32), data.target


def learn(racer: str, lr: float, epochs: int = EPOCHS) -> list[float]:
    """The loss over all the data, at the start and after each epoch."""
    x, y = digits()
    model, rng = nn.Sequential(nn.Linear(64, 32, rng=0), nn.ReLU(), nn.Linear(32, 10, rng=1)), np.random.default_rng(0)
    loss, optimizer = nn.CrossEntropyLoss(), RACERS[racer][0](model, lr)
    losses = [loss(model(x), y).item()]
    for _ in range(epochs):
        for inputs, targets in nn.batches(x, y, BATCH, rng=rng):
            optimizer.zero_grad()
            loss(model(inputs), targets).backward()
            optimizer.step()
        losses.append(loss(model(x), y).item())
    return losses


def learn_whole(passes: int = EPOCHS) -> list[float]:
    """The same with L-BFGS on all data at once: the lowest loss after each pass, that is, each evaluation."""
    x, y = digits()
    model = nn.Sequential(nn.Linear(64, 32, rng=0), nn.ReLU(), nn.Linear(32, 10, rng=1))
    loss, losses = nn.CrossEntropyLoss(), []

    def closure():
        value = loss(model(x), y)
        losses.append(value.item())
        return value

    optim.LBFGS(model, max_iter=passes + 1, max_eval=passes + 1, line_search_fn="strong_wolfe").step(closure)
    return np.minimum.accumulate(losses)[: passes + 1].tolist()


def curves(losses: dict[str, list[float]]) -> Figure:
    """Loss against passes over the data."""
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.subplots()
    for racer, values in losses.items():
        color, style = (RACERS[racer][1], "-") if racer in RACERS else ("black", "--")
        axes.semilogy(values, style, color=color, linewidth=1.5, label=racer)
    axes.set(xlabel="passes over the data", ylabel="training loss", xlim=(0, EPOCHS))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right center", frameon=False)
    return figure


def table(columns: list[str], cells: dict[str, dict[str, tuple[float, float]]]) -> str:
    """A row for each racer, with the rate and the mean loss in each column."""
    lines = ["| |" + "".join(f" {column}: lr | mean loss |" for column in columns), "|---|" + "---|" * 2 * len(columns)]
    for racer, row in cells.items():
        lines.append(f"| {racer} |" + "".join(f" {row[column][0]:g} | {row[column][1]:.3f} |" for column in columns))
    return "\n".join(lines)


def write(page: Path, name: str, text: str) -> None:
    """Put ``text`` between the two marks of that name."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    page.write_text(marks.sub(lambda match: match[1] + text + "\n" + match[2], page.read_text("utf-8")), "utf-8")


def main() -> None:
    """Both races."""
    rcParams["svg.hashsalt"] = "race"  # the same bytes each time
    with np.errstate(all="ignore"):  # rates that are too large
        found = {r: {v: best(lambda lr, v=v, r=r: mean_loss(v, r, lr)) for v in VALLEYS} for r in RACERS}
        film({v: {r: found[r][v][0] for r in RACERS} for v in VALLEYS}, DOCS / "images" / "race.gif")
        learnt = {r: best(lambda lr, r=r: float(np.mean(learn(r, lr)[1:])), RATES[3:-2]) for r in RACERS}
    losses = {r: learn(r, rate) for r, (rate, _) in learnt.items()} | {"L-BFGS, all data": learn_whole()}
    curves(losses).savefig(DOCS / "images" / "digits_race.svg", metadata={"Date": None})
    write(DOCS / "racing.md", "valleys", table(list(VALLEYS), found))
    write(DOCS / "racing.md", "digits", table(["digits"], {r: {"digits": cell} for r, cell in learnt.items()}))


if __name__ == "__main__":
    main()
