"""Every reader, on drawn inputs: see `fuzzing.py`, which draws a million of them in a night."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.fuzzing import TARGETS
from tests.attacks.running import DRAWS

FAST = [name for name in TARGETS if name not in {"feuilles", "xlsx", "xls", "sav"}]
SLOW = ["feuilles", "xlsx", "xls", "sav"]  # each run is a process
EXAMPLES = DRAWS * 25


@st.composite
def changed(draw, seeds):
    """Return a seed, some of its bytes replaced, removed, doubled or moved."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        stop = draw(st.integers(start, min(start + 40, len(data))))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.just(bytes(data[start:stop]) * 2),
                st.sampled_from([b"", b"\x00", b'"', b"\n", b"[" * 50, b"&", b"<!", b"\xff\xfe"]),
                st.integers().map(lambda number: str(number).encode()),
            )
        )
        data[start:stop] = piece
    return bytes(data)


def attack(name, examples):
    target = TARGETS[name]
    seeds = [*target.seeds(), *target.corpus()]

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.one_of(changed(seeds), st.binary(max_size=200)))
    def run(data):
        target.attack(data)

    run()


@pytest.mark.parametrize("name", FAST)
def test_a_drawn_input_gives_a_result_or_a_sentence(name):
    attack(name, EXAMPLES)


@pytest.mark.lent
@pytest.mark.parametrize("name", SLOW)
def test_a_drawn_input_of_compiled_code_too(name):
    attack(name, max(EXAMPLES // 10, 5))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param(name, data, id=f"{name}-{rank}")
        for name, target in TARGETS.items()
        for rank, data in enumerate((*target.seeds(), *target.corpus()))
    ],
)
def test_what_was_once_a_fault_is_none_any_more(name, data):
    TARGETS[name].attack(data)
