"""The reference implementation (openai-whisper on PyTorch) on the weights of a CTranslate2 folder.

openai-whisper fetches its own checkpoints from a host that build machines cannot reach; here it gets
the weights of a folder that `ironscribe models pull` installed, so that both sides compute with the
same numbers.
"""

import pathlib

import numpy as np
import torch
import whisper
from whisper.model import ModelDimensions, Whisper

from ctranslate2_model import Checkpoint

SAMPLE_RATE_HZ = 16000


def load(folder: pathlib.Path) -> Whisper:
    checkpoint = Checkpoint(folder)
    model = Whisper(ModelDimensions(**checkpoint.dims))
    state = {name: torch.from_numpy(np.array(values)) for name, values in checkpoint.state.items()}
    model.load_state_dict(state)
    heads = torch.zeros(checkpoint.dims["n_text_layer"], checkpoint.dims["n_text_head"],
                        dtype=torch.bool)
    for layer, head in checkpoint.config["alignment_heads"]:
        heads[layer, head] = True
    model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    return model.eval()


def transcribe(model: Whisper, path: pathlib.Path, **options) -> dict:
    """Greedy at temperature 0 with previous-text conditioning unless the options say otherwise."""
    settings = {"temperature": 0.0, "condition_on_previous_text": True, "fp16": False,
                "verbose": None}
    return whisper.transcribe(model, str(path), **(settings | options))


def start_tokens(model: Whisper, language: str, task: str) -> tuple[int, ...]:
    """The tokens that decoding starts from, timestamps wanted."""
    tokenizer = whisper.tokenizer.get_tokenizer(model.is_multilingual, language=language, task=task,
                                                num_languages=model.num_languages)
    return tokenizer.sot_sequence


def log_mel(model: Whisper, path: pathlib.Path) -> torch.Tensor:
    """Features of the first window, [mels, 3000], the maximum taken over the window."""
    audio = whisper.pad_or_trim(whisper.load_audio(str(path)))
    return whisper.log_mel_spectrogram(audio, model.dims.n_mels)


@torch.no_grad()
def forced_logits(model: Whisper, mel: torch.Tensor, tokens: list[int]) -> torch.Tensor:
    """Logits [len(tokens), vocabulary] after each of the given tokens."""
    encoded = model.embed_audio(mel.unsqueeze(0))
    return model.logits(torch.tensor([tokens]), encoded)[0]


@torch.no_grad()
def alignment_scores(model: Whisper, mel: torch.Tensor, tokens: list[int]) -> torch.Tensor:
    """Cross-attention before softmax [len(tokens), alignment heads, encoder frames]."""
    by_layer = [None] * model.dims.n_text_layer

    def keep(layer):
        def hook(_module, _inputs, outputs):
            by_layer[layer] = outputs[-1][0]
        return hook

    hooks = [block.cross_attn.register_forward_hook(keep(layer))
             for layer, block in enumerate(model.decoder.blocks)]
    try:
        # The fused attention of PyTorch does not give its scores away.
        with whisper.model.disable_sdpa():
            forced_logits(model, mel, tokens)
    finally:
        for hook in hooks:
            hook.remove()
    heads = [by_layer[layer][head] for layer, head in model.alignment_heads.indices().T.tolist()]
    return torch.stack(heads, dim=1)
