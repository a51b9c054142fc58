"""Why and when, over HTTP and on the page."""

from tests.api.desk import V1, Desk, is_problem


def enrollment_of(desk: Desk, name: str) -> int:
    return int(desk.world.rows("enrollment", prospect_id=desk.world.people[name])[-1].id)


def test_an_enrollment_and_each_of_its_touches_are_explained(desk: Desk) -> None:
    number = enrollment_of(desk, "Emily Hart")
    found = desk.get(f"/enrollments/{number}/explanation")
    assert found["enrollment"]["prospect"]["name"] == "Emily Hart"
    (mail,) = found["touches"]
    assert found["waiting"][0]["step"] == "call-1"
    alone = desk.get(f"/touches/{mail['id']}/explanation")
    assert alone["touch"] == mail
    told = [link["words"] for link in mail["why"]]
    assert "Nobody can say whether it left: nobody knows whether it was sent." in told
    assert mail["changes"][0]["command"].startswith(f"touchline doubts settle {mail['id']}")


def test_the_words_are_those_of_the_rep_who_asks(desk: Desk) -> None:
    number = enrollment_of(desk, "Emily Hart")
    found = desk.get(f"/enrollments/{number}/explanation", headers={"X-Touchline-Rep": "wei-zhang"})
    assert found["why"][0]["words"].startswith("第 1 天为")


def test_what_is_not_there_is_not_explained(desk: Desk) -> None:
    for path in ("/enrollments/99999/explanation", "/touches/99999/explanation"):
        assert is_problem(desk.api.get(V1 + path), 404, "not-found")
