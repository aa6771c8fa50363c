"""Text that would act if a page let it, and a run that holds it wherever a record can have text."""

from dataclasses import replace
from pathlib import Path

from builders import runs

from harness.findings import Verdict
from harness.record.lines import CaseLine
from harness.record.run import Run
from harness.record.unsound import Altered

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "\u2028\u2029",
    "'\"><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    '<meta http-equiv="refresh" content="0;url=https://example.com/">',
    '<base href="https://example.com/"><form action="https://example.com/"><input name=cases id=rows></form>',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    '" onmouseover="alert(1)" style="background:url(https://example.com/x)',
    "[a](javascript:alert(1)) ![b](https://example.com/b.png)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "&lt;b&gt;",
    "__proto__",
    "\u202etxt.exe\x1b[2J\x00",
    "formats \u0600\u0605\u0890\u08e2\U000110bd\U000110cd\U00013430\U00013438\U0001bca0\U0001d173\U0001d17a",
]
"""Rows E55 to E61 and E51 of the fault catalogue."""


_ACTS = [
    "<script>alert(%d)</script>",
    "<ScRiPt >alert(%d)</sCrIpT >",
    "<img src=x onerror=alert(%d)>",
    "<svg/onload=alert(%d)>",
    "<svg><script>alert(%d)</script></svg>",
    '<iframe src="javascript:alert(%d)"></iframe>',
    "<body onload=alert(%d)>",
    "<details open ontoggle=alert(%d)>x</details>",
    "<input autofocus onfocus=alert(%d)>",
    "<video><source onerror=alert(%d)></video>",
    "<math><mtext><script>alert(%d)</script></mtext></math>",
    '<a href="javascript:alert(%d)">x</a>',
    '<object data="data:text/html,<script>alert(%d)</script>"></object>',
    '<link rel=stylesheet href="https://example.com/%d.css">',
    '<style>@import "https://example.com/%d.css";</style>',
    '<form id=rows name=query action="https://example.com/%d"><button>x</button></form>',
    '<meta http-equiv=refresh content="0;url=https://example.com/%d">',
    "javascript:alert(%d)",
    "${alert(%d)} `${alert(1)}`",
    "{{ constructor.constructor('alert(%d)')() }}",
]
"""What would act; the number makes each another one."""

_AROUND = [
    "%s",
    "'%s",
    '"%s',
    "'>%s",
    '">%s',
    "-->%s<!--",
    "]]>%s<![CDATA[",
    "</script>%s<script>",
    "</style>%s<style>",
    "</textarea></title></noscript>%s",
    "\u2028%s\u2029",
    "\u202e%s\x00",
    '\\"%s\\u003c',
    "<!--<script>%s",
    "&lt;%s&gt;&#x3c;",
]
"""What would break out of where a text stands."""

PAYLOADS = [around % (act % n) for n, act in enumerate(_ACTS) for around in _AROUND]
"""Three hundred of them: every act in every surrounding."""


def hostile_run(*texts: str) -> Run:
    """A run of one case a text, which holds it wherever a case can have text; the head holds them all."""
    lines = tuple(hostile_case(n, text) for n, text in enumerate(texts))
    text = " ".join(texts)
    target = replace(runs.TARGET, name=text, endpoint=text, deployment=text, model=text)
    left = replace(runs.head().left_out[0], scenario=text, what=text, reason=text)
    head = runs.head(
        (*(line.case for line in lines), f"{text}-lost"),
        run=text,
        started=text,
        versions={text: text},
        settings={text: text},
        targets=(target,),
        left_out=(left,),
        rules={one: replace(runs.RULES["order.seq_gap"], title=one, source=one, page=one) for one in texts},
    )
    return Run(head, lines, (Altered(Path("record.jsonl"), 1, text),))


def hostile_case(n: int, text: str) -> CaseLine:
    found = runs.finding(
        text, message=text, turn=text, pointer=text, expected=text, actual={text: text}, source_line=text
    )
    said = [runs.said(text), {"type": text, text: text}]
    return runs.case(
        f"{text}::{n}[{text}]",
        Verdict.FAILED,
        title=text,
        target=text,
        region=text,
        delivery=text,
        values={text: text},
        reason=text,
        findings=(found, replace(found, place=runs.missed_text().place)),
        turns=(runs.turn(text, [{"role": text, "content": text}], said, status=text),),
        applied_expectations={text: 0},
    )
