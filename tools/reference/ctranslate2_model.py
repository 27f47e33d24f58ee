"""Reads a CTranslate2 Whisper folder into float32 arrays, independently of the C++ reader.

Used to hand the very same weights to the reference implementation and to write them in the other
containers. Trusts its input: it is for checkpoints that `ironscribe models pull` has verified.
"""

import json
import pathlib
import struct

import numpy as np

# CTranslate2's DataType numbers; bfloat16 (5) has no numpy type and is widened by hand.
_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16, 5: np.uint16}
_BFLOAT16 = 5


class _Reader:
    def __init__(self, data: bytes):
        self._data = data
        self._offset = 0

    def numbers(self, layout: str) -> tuple:
        values = struct.unpack_from("<" + layout, self._data, self._offset)
        self._offset += struct.calcsize("<" + layout)
        return values

    def number(self, layout: str) -> int:
        return self.numbers(layout)[0]

    def take(self, size_bytes: int) -> bytes:
        self._offset += size_bytes
        return self._data[self._offset - size_bytes : self._offset]

    def string(self) -> str:
        return self.take(self.number("H")).rstrip(b"\0").decode("utf-8")


def read_variables(path: pathlib.Path) -> dict[str, np.ndarray]:
    """All variables of a model.bin of version 4 to 6, aliases included, as stored."""
    reader = _Reader(path.read_bytes())
    version = reader.number("I")
    if not 4 <= version <= 6:
        raise ValueError(f"{path}: version {version}, this reader knows 4 to 6")
    reader.string()  # specification name
    reader.number("I")  # specification revision
    variables = {}
    for _ in range(reader.number("I")):
        name = reader.string()
        shape = reader.numbers(f"{reader.number('B')}I")
        dtype = reader.number("B")
        values = np.frombuffer(reader.take(reader.number("I")), _DTYPES[dtype]).reshape(shape)
        if dtype == _BFLOAT16:
            values = (values.astype(np.uint32) << 16).view(np.float32)
        variables[name] = values
    for _ in range(reader.number("I")):
        alias, target = reader.string(), reader.string()
        variables[alias] = variables[target]
    return variables


def _weight(variables: dict, name: str) -> np.ndarray:
    """A weight as float32; CTranslate2 stores the quantisation scale to divide by."""
    values = variables[name].astype(np.float32)
    scale = variables.get(name + "_scale")
    if scale is None:
        return values
    scale = scale.astype(np.float32).reshape(-1, *([1] * (values.ndim - 1)))
    return values / scale


def _split_rows(prefix: str, variables: dict, targets: list[str]) -> dict[str, np.ndarray]:
    """A fused projection cut into its parts; keys have no bias in Whisper."""
    weights = np.split(_weight(variables, prefix + "/weight"), len(targets))
    biases = np.split(variables[prefix + "/bias"].astype(np.float32), len(targets))
    parts = {}
    for target, weight, bias in zip(targets, weights, biases):
        parts[target + ".weight"] = weight
        if not target.endswith("key"):
            parts[target + ".bias"] = bias
    return parts


def _linear(prefix: str, variables: dict, target: str) -> dict[str, np.ndarray]:
    return _split_rows(prefix, variables, [target])


def _layer_norm(prefix: str, variables: dict, target: str) -> dict[str, np.ndarray]:
    return {
        target + ".weight": variables[prefix + "/gamma"].astype(np.float32),
        target + ".bias": variables[prefix + "/beta"].astype(np.float32),
    }


def _block(prefix: str, variables: dict, target: str, has_cross: bool) -> dict[str, np.ndarray]:
    self_attention = prefix + "/self_attention"
    state = _layer_norm(self_attention + "/layer_norm", variables, target + ".attn_ln")
    state |= _split_rows(
        self_attention + "/linear_0",
        variables,
        [f"{target}.attn.{part}" for part in ("query", "key", "value")],
    )
    state |= _linear(self_attention + "/linear_1", variables, target + ".attn.out")
    if has_cross:
        cross = prefix + "/attention"
        state |= _layer_norm(cross + "/layer_norm", variables, target + ".cross_attn_ln")
        state |= _linear(cross + "/linear_0", variables, target + ".cross_attn.query")
        state |= _split_rows(
            cross + "/linear_1",
            variables,
            [f"{target}.cross_attn.{part}" for part in ("key", "value")],
        )
        state |= _linear(cross + "/linear_2", variables, target + ".cross_attn.out")
    state |= _layer_norm(prefix + "/ffn/layer_norm", variables, target + ".mlp_ln")
    state |= _linear(prefix + "/ffn/linear_0", variables, target + ".mlp.0")
    state |= _linear(prefix + "/ffn/linear_1", variables, target + ".mlp.2")
    return state


class Checkpoint:
    """Weights under OpenAI's names, OpenAI's `dims`, and the folder's own configuration."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.config = json.loads((folder / "config.json").read_text())
        variables = read_variables(folder / "model.bin")
        num_layers = {
            side: len({name.split("/")[1] for name in variables if name.startswith(side + "/layer_")
                       and name.split("/")[1].startswith("layer_")
                       and name.split("/")[1] != "layer_norm"})
            for side in ("encoder", "decoder")
        }
        state = {}
        for conv in ("conv1", "conv2"):
            state[f"encoder.{conv}.weight"] = _weight(variables, f"encoder/{conv}/weight")
            state[f"encoder.{conv}.bias"] = variables[f"encoder/{conv}/bias"].astype(np.float32)
        for side, final_norm in (("encoder", "ln_post"), ("decoder", "ln")):
            state[f"{side}.positional_embedding"] = variables[
                f"{side}/position_encodings/encodings"
            ].astype(np.float32)
            for layer in range(num_layers[side]):
                state |= _block(f"{side}/layer_{layer}", variables, f"{side}.blocks.{layer}",
                                side == "decoder")
            state |= _layer_norm(side + "/layer_norm", variables, f"{side}.{final_norm}")
        state["decoder.token_embedding.weight"] = _weight(variables, "decoder/embeddings/weight")
        self.state = state
        embedding = state["decoder.token_embedding.weight"]
        self.dims = {
            "n_mels": state["encoder.conv1.weight"].shape[1],
            "n_vocab": embedding.shape[0],
            "n_audio_ctx": state["encoder.positional_embedding"].shape[0],
            "n_audio_state": state["encoder.positional_embedding"].shape[1],
            "n_audio_head": int(variables["encoder/num_heads"]),
            "n_audio_layer": num_layers["encoder"],
            "n_text_ctx": state["decoder.positional_embedding"].shape[0],
            "n_text_state": embedding.shape[1],
            "n_text_head": int(variables["decoder/num_heads"]),
            "n_text_layer": num_layers["decoder"],
        }
