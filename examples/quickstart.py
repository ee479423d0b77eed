"""From f = (x + y) * z to a network that reads handwritten digits. Read it from top to bottom; run it with `make demo`.

Three steps, each with its pictures in out/:

1. a formula with three inputs, and how much the result changes when each of them does;
2. one neuron, taken apart into its smallest steps and drawn again as a single one;
3. a network of such neurons, trained on 1,437 scanned digits and tested on 360 others.
"""

import sys
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import tqdm

import autograd_core as ag
import nn
import optim
import viz

# 1. A formula -------------------------------------------------------------------------------------------------------


def worked_example():
    # requires_grad=True: we want to know how f changes when this number does. The names are for the picture.
    x = ag.tensor(-2.0, requires_grad=True, name="x")
    y = ag.tensor(5.0, requires_grad=True, name="y")
    z = ag.tensor(-4.0, requires_grad=True, name="z")

    # Ordinary arithmetic. Every step is recorded while it is computed.
    q = x + y
    f = q * z
    q.name, f.name = "q", "f"

    # Walk the record backwards. Afterwards x.grad is df/dx: f changes by x.grad * h when x changes by a small h.
    f.backward()
    return x, y, z, q, f


# 2. A neuron --------------------------------------------------------------------------------------------------------


def neuron(activation):
    """activation(w0 x0 + w1 x1 + w2), and the gradients of its five inputs."""
    values = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
    w0, x0, w1, x1, w2 = (ag.tensor(value, requires_grad=True, name=name) for name, value in values.items())
    output = activation(w0 * x0 + w1 * x1 + w2)
    output.name = "output"
    output.backward()
    return output, {tensor.name: tensor.grad.item() for tensor in (w0, x0, w1, x1, w2)}


def sigmoid_step_by_step(s):
    return 1 / (1 + ag.exp(-s))  # four operations, four nodes in the picture; ag.sigmoid(s) is the same as one node


# 3. A network -------------------------------------------------------------------------------------------------------


def digits():
    """Scanned digits as rows of 8 x 8 = 64 grey values, and which digit each is: a part to train, a part to test."""
    pixels, labels = load_digits(return_X_y=True)
    # stratify: every digit is as frequent in the test part as in the whole. random_state: the same split every time.
    parts = train_test_split(pixels.astype(np.float32), labels, test_size=0.2, stratify=labels, random_state=1)
    train_pixels, test_pixels, train_labels, test_labels = parts

    # Bring every pixel to mean 0 and spread 1, measured on the training part alone: the test part must stay unseen.
    mean, spread = train_pixels.mean(axis=0), train_pixels.std(axis=0)
    spread[spread < 1] = 1  # some pixels at the border are (nearly) always white
    return (train_pixels - mean) / spread, train_labels, (test_pixels - mean) / spread, test_labels


def accuracy(model, pixels, labels):
    with ag.no_grad():  # nothing to differentiate here, so nothing needs recording
        scores = model(pixels)
    return float((scores.numpy().argmax(axis=1) == labels).mean())


def train(data, epochs=20, batch=16, seed=0):
    train_pixels, train_labels, test_pixels, test_labels = data
    rng = np.random.default_rng(seed)  # all randomness comes from here, so every run gives the same network

    model = nn.Sequential(
        nn.Linear(64, 256, rng=rng),  # 256 neurons that look at all 64 pixels,
        nn.ReLU(),  # and pass on what they find, or nothing;
        nn.Linear(256, 10, rng=rng),  # ten scores, one a digit: the largest is the answer
    )
    loss_function = nn.CrossEntropyLoss()  # how wrong the scores are, as one number
    optimizer = optim.Adam(model.parameters(), lr=0.001)

    history = {"training loss": [], "test accuracy": []}
    progress = tqdm(range(epochs), desc="training", unit="epoch")
    for _ in progress:
        order = rng.permutation(len(train_pixels))
        losses = []
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            loss = loss_function(model(train_pixels[chosen]), train_labels[chosen])
            optimizer.zero_grad()  # forget the gradients of the last batch
            loss.backward()  # how does the loss change with every weight?
            optimizer.step()  # so move every weight a little, downhill
            losses.append(loss.item())
        mean_loss, share_right = float(np.mean(losses)), accuracy(model, test_pixels, test_labels)
        history["training loss"].append(mean_loss)
        history["test accuracy"].append(share_right)
        progress.set_postfix(loss=f"{mean_loss:.4f}", accuracy=f"{share_right:.1%}")
    return model, history


# All together -------------------------------------------------------------------------------------------------------


def expect(what, found, wanted, tolerance=1e-12):
    if not abs(found - wanted) <= tolerance:
        sys.exit(f"{what} is {found}, but should be {wanted}.")


def main(out=Path("out")):
    print("1. f = (x + y) * z at x = -2, y = 5, z = -4")
    x, y, z, q, f = worked_example()
    print(f"   q = x + y = {q:g}, f = {f:g}")
    print(f"   df/dx = {x.grad:g}, df/dy = {y.grad:g}, df/dz = {z.grad:g}")
    expect("q", q.item(), 3)
    expect("f", f.item(), -12)
    expect("df/dx", x.grad.item(), -4)
    expect("df/dy", y.grad.item(), -4)
    expect("df/dz", z.grad.item(), 3)
    pictures = {"the formula: values above the wires, gradients below": viz.draw(f).save(out / "worked_example.svg")}

    print("\n2. A neuron, 1 / (1 + exp(-(w0 x0 + w1 x1 + w2))) at w0 = 2, x0 = -1, w1 = -3, x1 = -2, w2 = -3")
    output, gradients = neuron(sigmoid_step_by_step)
    output_again, gradients_again = neuron(ag.sigmoid)
    print(f"   output {output:.2f}")
    for name, taught in {"w0": -0.20, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.20}.items():
        steps, one = gradients[name], gradients_again[name]
        print(f"   d output / d{name} = {steps:5.2f} step by step, {one:5.2f} as one sigmoid")
        expect(f"d output / d{name}", steps, taught, tolerance=0.005)
        expect(f"d output / d{name} as one sigmoid", one, steps)
    expect("the neuron's output", output.item(), 0.73, tolerance=0.005)
    expect("the neuron's output as one sigmoid", output_again.item(), output.item())
    pictures["the neuron, step by step"] = viz.draw(output).save(out / "neuron_step_by_step.svg")
    pictures["the neuron, its sigmoid as one node"] = viz.draw(output_again).save(out / "neuron_one_sigmoid.svg")

    train_pixels, train_labels, test_pixels, _ = data = digits()
    print(f"\n3. A network learns to read digits from {len(train_pixels):,} of them; {len(test_pixels)} others test it")
    started = time.perf_counter()
    model, history = train(data)
    share = history["test accuracy"][-1]
    print(f"   {share:.1%} of the test digits read correctly, after {time.perf_counter() - started:.1f} s of training")
    viz.plot_history(history, path=out / "digits_training.png")
    pictures["loss and accuracy while training"] = out / "digits_training.png"
    # Where is the gradient large, where small, on its way back through the network? One batch shows it.
    loss = nn.CrossEntropyLoss()(model(train_pixels[:64]), train_labels[:64])
    loss.name = "loss"
    pictures["the network, and the gradients flowing back"] = viz.draw(loss).save(out / "digits_gradient_flow.svg")

    print("\nPictures to look at:")
    for what, path in pictures.items():
        print(f"   {path!s:30} {what}")
    if share < 0.97:
        sys.exit(f"Only {share:.1%} of the test digits were read correctly; at least 97% were expected.")


if __name__ == "__main__":
    main()
