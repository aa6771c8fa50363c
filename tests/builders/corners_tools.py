"""Corners of hosted tools: containers and their files, approvals of remote calls."""

from dataclasses import replace

from builders.corners import Add, one
from builders.tellings import FACTS, UPLOADED, ask, asked, dealt, message, ran, refuse, rolled, telling
from builders.tellings import held as files
from builders.tellings import other as operation

from harness.conversation import Knowledge


def containers(corner: Add) -> None:
    uploaded = operation("POST", "/containers/cntr_1/files", {"id": "cfile_5", "object": "container.file"}, b"--x")
    theirs = {"id": "cfile_5", "object": "container.file", "path": "/mnt/data/a.csv", "source": "user"}
    corner(
        "a file that was sent to the container",
        telling(ask(1, "a.csv", ran(), message("Done.")), uploaded, files(theirs)),
    )
    corner(
        "two files where one was sent",
        telling(ask(1, "a.csv", ran(), message("Done.")), uploaded, files(theirs, {**theirs, "id": "cfile_6"})),
    )
    corner(
        "a list of files that was refused",
        telling(
            ask(1, "a", ran(), message("Done.")),
            asked("GET", "/containers/cntr_1/files", None, 404, {"error": {"message": "m"}}),
        ),
    )
    corner(
        "a container that was looked at",
        telling(
            ask(1, "a", ran(), message("Done.")),
            operation("GET", "/containers/cntr_1", {"id": "cntr_1", "status": "expired"}, started=1300.0),
        ),
    )
    corner("files listed too late", telling(ask(1, "a", ran(), message("Done.")), files(started=1300.0)))
    corner(
        "a container refused at its end",
        telling(
            ask(1, "a", ran(), message("A.")),
            refuse("j", None, "expired", tools=[{"type": "code_interpreter", "container": "cntr_1"}]),
        ),
    )
    made = operation("POST", "/containers", {"id": "cntr_2", "object": "container"}, {"name": "x"})
    corner(
        "a container of one's own, too late",
        telling(
            made, ask(1, "i", tools=[{"type": "code_interpreter", "container": "cntr_2"}], when={"started": 1200.0})
        ),
    )
    corner(
        "a container of one's own, in time",
        telling(
            made, ask(1, "i", tools=[{"type": "code_interpreter", "container": "cntr_2"}], when={"started": 1199.0})
        ),
    )
    logs = {
        **ran(),
        "outputs": [{"type": "image", "url": "u"}, {"type": "logs", "logs": 7}, {"type": "logs", "logs": "4217 lines"}],
    }
    corner(
        "logs that know nothing",
        telling(ask(1, "i", logs, message("A.")), knowledge=Knowledge(foreign={FACTS[0]: "the case x"})),
    )
    for ending, status in (("xlsx", 200), ("exe", 400), ("XLSX", 415)):
        form = (
            f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.{ending}"\r\n\r\nx\r\n--x--\r\n'.encode()
        )
        corner(
            f"a file of type {ending}, answered {status}",
            telling(
                asked(
                    "POST",
                    "/containers/cntr_1/files",
                    form,
                    status,
                    {"error": {"message": "this type is not supported", "type": "t", "param": None, "code": None}}
                    if status >= 400
                    else {"id": "cfile_1"},
                )
            ),
        )
    twice = [{"type": "code_interpreter", "container": {"file_ids": ["file-abcdef12", "file-abcdef12", 7]}}]
    corner("a file given twice", telling(UPLOADED, ask(1, "a", ran(), tools=twice), files(theirs)))
    corner("a file given to another container", telling(UPLOADED, ask(1, "a", ran("cntr_2"), tools=twice), files()))


def approvals(corner: Add) -> None:
    for about, wanted in (
        ("never for this tool", {"never": {"tool_names": ["roll"]}}),
        ("never for another tool", {"never": {"tool_names": ["look"]}}),
        ("always for this tool", {"always": {"tool_names": ["roll"]}}),
        ("always for another tool", {"always": {"tool_names": ["look"]}}),
        ("never for reading tools", {"never": {"read_only": True}}),
        (
            "always for another and never for a third",
            {"always": {"tool_names": ["look"]}, "never": {"tool_names": ["see"]}},
        ),
        ("in a way nobody knows", {"never": ["roll"]}),
        ("in a word", "always"),
        ("by a number", 7),
    ):
        tools = [{"type": "mcp", "server_label": "dice", "server_url": "https://d.example", "require_approval": wanted}]
        corner(f"an approval wanted {about}", one("Roll.", rolled(approval=None), tools=tools))
    unseen = one(
        "Roll.", message("No."), tools=[{"type": "mcp", "server_label": "dice", "server_url": "https://d.example"}]
    )
    (taken,) = unseen.turns
    for counts in ({"roll": 2}, {"roll": 0}, {}):
        corner(
            f"unseen calls without an approval: {counts}",
            replace(unseen, turns=(replace(taken, served={"dice": counts}),)),
        )
    for names in (["roll"], ["look"]):
        free = {"type": "mcp", "server_label": "dice", "server_url": "https://d.example"}
        asked_ = one("Roll.", message("No."), tools=[{**free, "require_approval": {"never": {"tool_names": names}}}])
        served = replace(asked_.turns[0], served={"dice": {"roll": 2}})
        corner(f"unseen calls where {names} need no approval", replace(asked_, turns=(served,)))
    corner(
        "unseen calls of a server that was not named",
        replace(unseen, turns=(replace(taken, served={"cards": {"deal": 1}}),)),
    )
    corner(
        "a call of a server that was not named",
        one(
            "Roll.", {**rolled(approval=None), "server_label": "cards"}, tools=[{"type": "mcp", "server_label": "dice"}]
        ),
    )
    corner("arguments that are no JSON", dealt(True, rolled(arguments='{"n":')))
    corner("arguments in another spelling", dealt(True, rolled(arguments='{ "n": 6 }')))
    corner("an approval as asked, twice as often", dealt(True, rolled(), served=2))
    corner("a denied call that is shown and counted", dealt(False, rolled(), served=1))


ALL = (containers, approvals)
