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
from chatrec.generation.model import (
    PointerLM,
    adapter_names,
    adapter_rows,
    load_base,
    make_codec,
    new_rows,
    save_adapter,
)
from chatrec.learning.checkpoint import Checkpoint
from chatrec.learning.dataset import (
    PACKS,
    Example,
    Target,
    all_pointers,
    all_targets,
    all_texts,
    examples,
    split,
)

Report = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a training run. A step sees `batch` examples; rates fall to zero by a cosine after a warm-up.

    Attributes:
        most: so many replies are seen an epoch at most, drawn anew each time; 0 for all.
        packs: whose replies are learnt.
        adapter: folder of an adapter to go on from; empty for a new one.
        threads: of the arithmetic; 0 for those of the settings.
    """

    epochs: int = 4
    batch: int = 16
    rank: int = 8
    rate: float = 4e-4
    rows_rate: float = 2e-3
    warmup: float = 0.05
    held_out: float = 0.05
    most: int = 0
    seed: int = 0
    packs: tuple[str, ...] = PACKS
    adapter: str = ""
    threads: int = 0


def train_lm(out: Path, recipe: Recipe | None = None, report: Report | None = None) -> dict[str, Any]:
    """Train an adapter and write it to `out` with its figures; return the figures.

    A run that was broken off goes on from its last checkpoint in `out`, where its recipe is the same.

    Args:
        out: folder of the adapter; made where it is absent.
        recipe: settings of the run.
        report: called after every step with its number, their total and the loss (nats a unit).
    """
    recipe = recipe or Recipe()
    model, codec = prepare(recipe)
    learn, held = split(all_targets(packs=recipe.packs), recipe.held_out, recipe.seed)
    lexicon, unseen = lexicon_units(codec, recipe.packs), list(examples(held, codec, random.Random(99)))
    before = evaluate(model, unseen, lexicon)
    checkpoint = Checkpoint(out / "checkpoint.pt", asdict(recipe))
    losses = fit(
        model, batches(learn, codec, recipe), steps_of(learn, recipe), lexicon, recipe, report, checkpoint
    )
    after = evaluate(model, unseen, lexicon)
    save_adapter(model, codec, out, settings().model)
    figures = {
        "recipe": {name: value for name, value in asdict(recipe).items() if name != "adapter"},
        "targets": {"train": len(learn), "held_out": len(held)},
        "units": len(lexicon),
        "held_out_perplexity": {"before": round(math.exp(before), 2), "after": round(math.exp(after), 2)},
        "losses": [round(loss, 4) for loss in losses],
    }
    (out / "training.json").write_text(json.dumps(figures, indent=1))
    checkpoint.path.unlink(missing_ok=True)
    return figures


def prepare(recipe: Recipe) -> tuple[PointerLM, Codec]:
    """Return a model ready to be trained, and its codec: the base with LoRA, and first rows for all pointers."""
    from peft import LoraConfig, PeftModel, get_peft_model

    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads or settings().threads)
    folder = base_model_dir()
    base = load_base(folder)
    if not _has_bfloat16():
        base = base.float()
    codec = make_codec(folder, base, all_pointers(packs=recipe.packs))
    rows = new_rows(base, codec)
    if not recipe.adapter:
        config = LoraConfig(
            r=recipe.rank, lora_alpha=2 * recipe.rank, target_modules="all-linear", lora_dropout=0.0
        )
        return PointerLM(get_peft_model(base, config), rows), codec
    adapter = Path(recipe.adapter)
    known = dict(zip(adapter_names(adapter), adapter_rows(adapter), strict=True))
    rows = torch.stack([known.get(name, row) for name, row in zip(codec.pointers, rows, strict=True)])
    return PointerLM(PeftModel.from_pretrained(base, adapter, is_trainable=True), rows), codec


def _has_bfloat16() -> bool:
    """Tell whether the processor has arithmetic for bfloat16; others are many times faster in float32."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def lexicon_units(codec: Codec, packs: Sequence[str] = PACKS) -> Tensor:
    """Return every unit that a reply for some packs may use, sorted: the rows of the cut head."""
    return torch.tensor(codec.lexicon(codec.units(text) for text in all_texts(packs=packs)))


def steps_of(learn: Sequence[Target], recipe: Recipe) -> int:
    """Return how many steps a run takes."""
    return recipe.epochs * math.ceil(min(recipe.most or len(learn), len(learn)) / recipe.batch)


def fit(
    model: PointerLM,
    groups: Iterator[list[Example]],
    steps: int,
    lexicon: Tensor,
    recipe: Recipe,
    report: Report | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[float]:
    """Train on groups of examples, each once, and return the loss of every step (nats a unit of the replies)."""
    optimizer = _optimizer(model, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warmup))
    losses: list[float] = checkpoint.resume(model, optimizer, schedule) if checkpoint else []
    model.train()
    for step, group in enumerate(groups, 1):
        if step <= len(losses):
            continue
        loss = batch_loss(model, group, lexicon)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if checkpoint:
            checkpoint.keep(model, optimizer, schedule, losses)
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


def batches(learn: Sequence[Target], codec: Codec, recipe: Recipe) -> Iterator[list[Example]]:
    """Yield the groups of examples of a whole run; the same recipe gives the same groups."""
    for epoch in range(recipe.epochs):
        rng = random.Random(recipe.seed * 1000 + epoch)
        seen = rng.sample(learn, recipe.most) if 0 < recipe.most < len(learn) else learn
        yield from grouped(list(examples(seen, codec, rng)), recipe.batch, rng)


def grouped(made: list[Example], size: int, rng: random.Random) -> list[list[Example]]:
    """Return groups of examples of like length, in any order: long and short ones together would waste work on padding."""
    made.sort(key=lambda e: len(e.prompt) + len(e.reply) + rng.random() * 8)
    groups = [made[i : i + size] for i in range(0, len(made), size)]
    rng.shuffle(groups)
    return groups


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
def evaluate(model: PointerLM, unseen: Sequence[Example], lexicon: Tensor) -> float:
    """Return the mean loss on examples, in nats a unit."""
    was = model.training
    model.eval()
    groups = [unseen[i : i + 16] for i in range(0, len(unseen), 16)]
    total = sum(
        batch_loss(model, group, lexicon).item() * sum(len(e.reply) for e in group) for group in groups
    )
    model.train(was)
    return total / max(1, sum(len(e.reply) for e in unseen))
