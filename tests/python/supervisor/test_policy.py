"""What is done about a worker's end, without a process."""

from __future__ import annotations

import pytest

from spikard._supervisor.policy import End, GiveUp, Policy, Replace, how


def _end(*, ready_at: float | None = None, reason: str = "", status: int = -9, others_ready: int = 1) -> End:
    return End(ready_at, reason, status, others_ready)


def _running() -> Policy:
    policy = Policy()
    policy.on_ready()
    return policy


@pytest.mark.parametrize("status", [-9, -11, 0, 1])
@pytest.mark.parametrize("others", [0, 1])
def test_one_that_had_been_ready_is_replaced_at_once(status: int, others: int) -> None:
    end = _end(ready_at=10.0, status=status, others_ready=others)
    assert _running().on_end(12.0, end) == Replace(0)


def test_one_killed_each_second_is_replaced_at_once_for_ever() -> None:
    policy = _running()
    for second in range(100):
        assert policy.on_end(second + 1.0, _end(ready_at=float(second), others_ready=0)) == Replace(0)
        policy.on_ready()


def test_sudden_ends_in_a_row_are_backed_off() -> None:
    policy = _running()
    pauses = []
    for at in range(12):
        decision = policy.on_end(at + 0.1, _end(ready_at=float(at)))
        policy.on_ready()
        assert isinstance(decision, Replace)
        pauses.append(decision.pause)
    assert pauses[:5] == [0] * 5
    assert 0 < pauses[5] < pauses[6] < pauses[7]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 5.0
    assert policy.on_end(200.0, _end(ready_at=100.0)) == Replace(0)


def test_deaths_before_it_is_ready_are_backed_off_while_others_serve() -> None:
    policy = _running()
    decisions = [policy.on_end(0.0, _end(status=1, reason="no database")) for _ in range(20)]
    pauses = [decision.pause for decision in decisions if isinstance(decision, Replace)]
    assert len(pauses) == 20
    assert pauses[0] > 0
    assert pauses == sorted(pauses)
    assert max(pauses) == 5.0


def test_becoming_ready_forgets_the_failures() -> None:
    policy = _running()
    first = policy.on_end(0.0, _end())
    policy.on_end(0.0, _end())
    policy.on_ready()
    assert policy.on_end(0.0, _end()) == first


@pytest.mark.parametrize("status", [0, 1, 3])
def test_an_application_that_ends_by_itself_before_it_ever_served(status: int) -> None:
    decision = Policy().on_end(0.0, _end(status=status, others_ready=0))
    assert decision == GiveUp(
        f"the application does not start: a worker ended with status {status} before it was ready"
    )


def test_its_own_reason_is_told() -> None:
    decision = Policy().on_end(0.0, _end(status=1, reason="no database", others_ready=0))
    assert decision == GiveUp("no database")


def test_a_signal_before_it_ever_served_is_tried_again_not_for_ever() -> None:
    policy = Policy()
    decisions = [policy.on_end(0.0, _end(status=-11, others_ready=0)) for _ in range(5)]
    assert all(isinstance(decision, Replace) for decision in decisions[:4])
    assert decisions[4] == GiveUp(
        "the application does not start: a worker was killed by signal 11 before it was ready 5 times in a row"
    )


def test_what_no_longer_starts_is_given_up_when_nobody_has_served_for_long() -> None:
    policy = _running()
    assert policy.on_end(10.0, _end(ready_at=1.0, others_ready=0)) == Replace(0)
    gone = _end(status=1, reason="gone", others_ready=0)
    assert {type(policy.on_end(11.0, gone)) for _ in range(20)} == {Replace}
    assert isinstance(policy.on_end(39.9, gone), Replace)
    assert policy.on_end(40.0, gone) == GiveUp("gone")


def test_the_time_begins_when_the_last_one_has_gone() -> None:
    policy = _running()
    for at in range(100):
        assert isinstance(policy.on_end(float(at), _end(status=1)), Replace)
    assert policy.on_end(100.0, _end(ready_at=1.0, others_ready=0)) == Replace(0)
    assert isinstance(policy.on_end(101.0, _end(status=1, others_ready=0)), Replace)
    assert isinstance(policy.on_end(130.0, _end(status=1, others_ready=0)), GiveUp)
    policy.on_ready()
    assert {type(policy.on_end(200.0, _end(others_ready=0))) for _ in range(20)} == {Replace}


def test_how() -> None:
    assert (how(0), how(-9)) == ("ended with status 0", "was killed by signal 9")
