"""Fine-tuning of the language model: LoRA on the trunk and rows for the pointers, on hand-written replies."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from chatrec.config import settings
from chatrec.generation.conversation import Codec
from chatrec.generation.files import base_model_dir
from chatrec.generation.model import PointerLM, load_base, make_codec, new_rows, save_adapter
from chatrec.learning.dataset import Example, all_targets, examples, pointer_names, split

Report = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a training run. A step sees `batch` examples; rates fall to zero by a cosine after a warm-up."""

    epochs: int = 4
    batch: int = 16
    rank: int = 8
    rate: float = 4e-4
    rows_rate: float = 2e-3
    warmup: float = 0.05
    held_out: float = 0.05
    seed: int = 0
    threads: int = 2


def train_lm(out: Path, recipe: Recipe | None = None, report: Report | None = None) -> dict[str, Any]:
    """Train an adapter and write it to `out` with its figures; return the figures.

    Args:
        out: folder of the adapter; made where it is absent.
        recipe: settings of the run.
        report: called after every step with its number, their total and the loss (nats a unit).
    """
    recipe = recipe or Recipe()
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    model, codec = _prepare(recipe)
    learn, held = split(all_targets(), recipe.held_out, recipe.seed)
    lexicon = lexicon_units(codec)
    before = evaluate(model, codec, held, lexicon)
    losses = _run(model, codec, learn, lexicon, recipe, report)
    after = evaluate(model, codec, held, lexicon)
    save_adapter(model, codec, out, settings().model)
    figures = {
        "recipe": asdict(recipe),
        "targets": {"train": len(learn), "held_out": len(held)},
        "units": len(lexicon),
        "held_out_perplexity": {"before": round(math.exp(before), 2), "after": round(math.exp(after), 2)},
        "losses": [round(loss, 4) for loss in losses],
    }
    (out / "training.json").write_text(json.dumps(figures, indent=1))
    return figures


def _prepare(recipe: Recipe) -> tuple[PointerLM, Codec]:
    from peft import LoraConfig, get_peft_model

    folder = base_model_dir()
    base = load_base(folder)
    codec = make_codec(folder, base, pointer_names())
    rows = new_rows(base, codec)
    config = LoraConfig(
        r=recipe.rank, lora_alpha=2 * recipe.rank, target_modules="all-linear", lora_dropout=0.0
    )
    return PointerLM(get_peft_model(base, config), rows), codec


def lexicon_units(codec: Codec) -> Tensor:
    """Return every unit that a reply may use, sorted: the rows of the cut head."""
    return torch.tensor(codec.lexicon(codec.units(target) for target in all_targets()))


def _run(
    model: PointerLM,
    codec: Codec,
    learn: Sequence[Any],
    lexicon: Tensor,
    recipe: Recipe,
    report: Report | None,
) -> list[float]:
    steps = recipe.epochs * math.ceil(len(learn) / recipe.batch)
    optimizer = _optimizer(model, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warmup))
    losses: list[float] = []
    model.train()
    for step, batch in enumerate(_batches(learn, codec, recipe), 1):
        loss = batch_loss(model, batch, lexicon)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if report:
            report(step, steps, losses[-1])
    return losses


def _optimizer(model: PointerLM, recipe: Recipe) -> torch.optim.Optimizer:
    adapters = [p for name, p in model.named_parameters() if p.requires_grad and name != "pointer_rows"]
    return torch.optim.AdamW(
        [{"params": adapters, "lr": recipe.rate}, {"params": [model.pointer_rows], "lr": recipe.rows_rate}],
        weight_decay=0.0,
    )


def _rate(step: int, steps: int, warmup: float) -> float:
    start = max(1, int(steps * warmup))
    if step < start:
        return (step + 1) / start
    return 0.5 * (1 + math.cos(math.pi * (step - start) / max(1, steps - start)))


def _batches(learn: Sequence[Any], codec: Codec, recipe: Recipe) -> Iterator[list[Example]]:
    """Yield batches of examples of like length: long and short ones together would waste work on padding."""
    for epoch in range(recipe.epochs):
        rng = random.Random(recipe.seed * 1000 + epoch)
        made = list(examples(learn, codec, rng))
        made.sort(key=lambda e: len(e.prompt) + len(e.reply) + rng.random() * 8)
        groups = [made[i : i + recipe.batch] for i in range(0, len(made), recipe.batch)]
        rng.shuffle(groups)
        yield from groups


def batch_loss(model: PointerLM, batch: Sequence[Example], lexicon: Tensor) -> Tensor:
    """Return the mean cross-entropy of the replies' units over the lexicon, in nats a unit."""
    width = max(len(e.prompt) + len(e.reply) for e in batch)
    units = torch.zeros(len(batch), width, dtype=torch.long)
    mask = torch.zeros_like(units)
    wanted = torch.full_like(units, -100)
    for row, example in enumerate(batch):
        whole = torch.tensor([*example.prompt, *example.reply])
        units[row, : len(whole)], mask[row, : len(whole)] = whole, 1
        wanted[row, len(example.prompt) - 1 : len(whole) - 1] = torch.searchsorted(
            lexicon, torch.tensor(example.reply)
        )
    hidden = model.hidden(units, mask=mask)
    told = wanted >= 0
    return torch.nn.functional.cross_entropy(model.scores(hidden[told], lexicon), wanted[told])


@torch.inference_mode()
def evaluate(model: PointerLM, codec: Codec, held: Sequence[Any], lexicon: Tensor) -> float:
    """Return the mean loss on held-out wordings, in nats a unit."""
    was = model.training
    model.eval()
    made = list(examples(held, codec, random.Random(99)))
    groups = [made[i : i + 16] for i in range(0, len(made), 16)]
    total = sum(
        batch_loss(model, group, lexicon).item() * sum(len(e.reply) for e in group) for group in groups
    )
    model.train(was)
    return total / max(1, sum(len(e.reply) for e in made))
