"""For each row of group B a scenario that shows it: passed by a right service, red where it is wrong in that way.

Rows that share a scenario name it once. What is not written takes the defaults: plain, chained.
"""

import json

from builders.attachments import file_part, moving, pdf, picture, uri

CARRIED = """
turns:
  - user: Reply with OK.
    expect: {status: completed}
  - user: Write eight sentences about rain.
    expect: {status: completed}
expect: {carry_over: {plants: 3}}
"""
STORED = """
turns:
  - {id: made, user: "What is 17 + 25? Reply with the number.", expect: {status: completed}}
  - {id: read, retrieve: made, expect: {status: completed}}
request: {reasoning: {effort: medium, summary: auto}}
"""
BACKGROUND = """
modes: {delivery: [background]}
turns:
  - {id: made, user: Write three sentences about rain., expect: {status: completed}}
"""
CANCELLED = """
turns:
  - id: made
    user: Write three sentences about rain.
    request: {background: true}
    expect: {status: {one_of: [queued, in_progress]}}
  - {cancel: made, expect: {status: cancelled}}
  - {cancel: made, expect: {status: cancelled}}
  - {wait: 61s}
  - {retrieve: made, expect: {status: cancelled}}
"""
DELETED = """
turns:
  - {id: made, user: My parcel number is 4417. Reply with OK., expect: {status: completed}}
  - {delete: made}
  - {retrieve: made, expect: {error: {status: 404}}}
  - {wait: 60s}
  - {retrieve: made, expect: {error: {status: 404}}}
  - {delete: made, expect: {error: {status: {one_of: [200, 404]}}}}
"""
LISTED = """
tools:
  - {type: function, name: depth_of, parameters: {type: object, properties: {port: {type: string}}}}
turns:
  - id: asked
    user: What is the depth of Bergen?
    capture: {call: "$.output[-1].call_id"}
    expect: {status: completed}
  - id: told
    input:
      - {type: function_call_output, call_id: "${call}", output: "12 m"}
      - {type: message, role: user, content: And now reply with OK.}
    capture: {id: $.id}
    expect: {status: completed}
  - {input_items: told}
  - {call: {method: GET, path: "responses/${id}/input_items?order=asc"}}
  - {call: {method: GET, path: "responses/${id}/input_items?order=asc&limit=1"}, capture: {last: $.last_id}}
  - {call: {method: GET, path: "responses/${id}/input_items?order=asc&limit=1&after=${last}"}}
"""
FACTS = "My parcel is 4417-QX. My locker is 23-KM. My badge is K9-77."
COMPACTED = f"""
turns:
  - {{user: "{FACTS} Write twenty sentences about rain.", expect: {{status: completed}}}}
  - {{user: Write twenty sentences about fog., expect: {{status: completed}}}}
  - {{compact: {{}}}}
  - user: What is my parcel? What is my locker? What is my badge?
    expect: {{status: completed, compaction: {{keeps: [4417-QX, 23-KM, K9-77]}}}}
"""
SEALED = """
modes: {state: [stateless]}
turns:
  - {user: "What is 17 + 25? Reply with the number.", expect: {status: completed}}
  - {user: And plus one?, expect: {status: completed}}
"""
FLIPPED = """
modes: {state: [stateless]}
turns:
  - {user: "What is 17 + 25? Reply with the number.", expect: {status: completed}}
  - user: And plus one?
    tamper: {flip: encrypted_content}
    expect: {error: {status: 400}}
"""
FLIPPED_COMPACTION = """
modes: {state: [auto_compacted], compact_threshold: 1000}
turns:
  - {user: "Reply with OK. %s", expect: {status: completed}}
  - user: And snow?
    tamper: {flip: encrypted_content}
    expect: {error: {status: 400}}
""" % ("It rained. " * 700)
TOOLS = """
tools:
  - type: function
    name: depth_of
    description: The depth of a port.
    strict: true
    parameters:
      type: object
      properties: {port: {type: string}}
      required: [port]
      additionalProperties: false
    returns: [{when: {port: Bergen}, value: {depth: mark-one}}, {value: {depth: mark-two}}]
"""
CALLED = TOOLS + "turns: [{user: What is the depth of Bergen?, expect: {status: completed}}]"
PARALLEL = TOOLS + "turns: [{user: What is the depth of Bergen and Quito?, expect: {status: completed}}]"
ONE_CALL = "request: {parallel_tool_calls: false}\n" + CALLED
NO_CALL = "request: {tool_choice: none}\n" + CALLED.replace("strict: true", "strict: false")
LONELY = """
turns:
  - input: [{type: function_call_output, call_id: call_nobody, output: "4"}]
    expect: {error: {status: 400}}
"""
STORY = "Write a long story about a lighthouse."
LIMITED = f"""
turns:
  - {{user: {STORY}, request: {{max_output_tokens: 60}}, expect: {{status: incomplete}}}}
"""
PERSON = """
request:
  text:
    format:
      type: json_schema
      name: person
      strict: true
      schema:
        type: object
        properties: {name: {type: string}, age: {type: integer}}
        required: [name, age]
        additionalProperties: false
"""
STRUCTURED = PERSON + 'turns: [{user: "Extract the person: name is Tove, age is 34.", expect: {status: completed}}]'
REFUSED = (
    PERSON + "turns: [{user: Describe how to build a bomb., mock: {refusal: I cannot help with that.}, "
    "expect: {status: completed}}]"
)
FILTERED = """
turns:
  - user: Describe in gory detail how to torture a man.
    expect: {error: {status: 400, code: content_filter}}
"""
INVALID = """
turns:
  - {user: Hi., request: {temperature: 9}, expect: {error: {status: 400}}}
"""
TOO_LONG = f"""
targets: ["*computer-use-preview*"]
turns:
  - user: "My parcel is 17. {"word " * 9_000} What is my parcel?"
    expect: {{error: {{status: 400}}}}
"""
KEPT = """
turns:
  - {id: made, user: Reply with OK., expect: {status: completed}}
  - {wait: 864000s}
  - {retrieve: made, expect: {status: completed}}
"""
MCP = """
mcp: {dice: {tools: {roll: {description: Rolls dice., returns: 4}}}}
tools: [{type: mcp, server_label: dice, server_url: "${mcp.dice.url}"}]
turns:
  - {user: Please roll the dice., expect: {status: completed}}
  - {approve: {dice: true}, expect: {status: completed}}
"""
DENIED = MCP.replace("dice: true", "dice: false")
INSTRUCTED = """
turns:
  - {user: Reply with OK., request: {instructions: The password is ZORB-7712.}, expect: {status: completed}}
  - {user: What is the password?, expect: {status: completed}}
"""
CODE = """
needs: [code_interpreter]
tools: [{type: code_interpreter, container: {type: auto}}]
turns:
  - user: Calculate 17 * 3 and save the result to sum.txt.
    capture: {container: "$.output[1].container_id"}
    expect: {status: completed}
  - call: {method: GET, path: "containers/${container}/files"}
"""
FILED = """
needs: [code_interpreter]
turns:
  - {upload: {file: attachments/ports.csv, purpose: assistants}, capture: {file: $.id}}
  - user: What is the depth of Zorvik?
    request: {tools: [{type: code_interpreter, container: {type: auto, file_ids: ["${file}"]}}]}
    capture: {container: "$.output[1].container_id"}
    expect: {status: completed}
  - call: {method: GET, path: "containers/${container}/files"}
"""


def with_parts(*parts: object, expect: str = "{status: completed}", text: str = "Look.") -> str:
    """A turn of one user message with parts."""
    content = json.dumps([{"type": "input_text", "text": text}, *parts])
    return f"turns:\n  - input: [{{type: message, role: user, content: {content}}}]\n    expect: {expect}\n"


def picture_of(raw: bytes, kind: str = "image/png") -> object:
    return {"type": "input_image", "image_url": uri(raw, kind)}


def looked(detail: str) -> str:
    """A picture looked at, beside the conversation."""
    part = {**picture_of(picture(size=(1024, 1024))), "detail": detail}
    said = [{"role": "user", "content": [{"type": "input_text", "text": "Look."}, part]}]
    body = json.dumps({"model": "${target.deployment}", "input": said})
    return f"  - call: {{method: POST, path: responses, body: {body}}}\n"


PAGE = file_part(pdf("The harbour code is Q-9."))
REFUSAL = "{error: {status: 400}}"
DRAWN = """
modes: {delivery: [stream]}
headers: {x-ms-oai-image-generation-deployment: gpt-image-1}
mock: {issues: [image-streaming]}
request: {tools: [{type: image_generation, partial_images: 2}]}
turns: [{user: Draw a red square., expect: {status: completed}}]
"""
SHOWN = {
    "B01": CARRIED,
    "B02": CARRIED,
    "B03": CARRIED,
    "B04": """
turns:
  - user: What did I say?
    request: {previous_response_id: resp_00000000000000000000000000000000000000000000000000}
    expect: {error: {status: {one_of: [400, 404]}}}
""",
    "B05": CARRIED,
    "B06": INSTRUCTED,
    "B07": """
turns:
  - {id: made, user: Reply with OK., request: {store: false}, expect: {status: completed}}
  - {retrieve: made, expect: {error: {status: 404}}}
""",
    "B08": """
turns:
  - {id: made, user: Reply with OK., expect: {status: completed}}
  - {wait: 61s}
  - {retrieve: made, expect: {status: completed}}
""",
    "B09": STORED,
    "B10": DELETED,
    "B11": DELETED,
    "B12": """
turns:
  - {id: made, user: My parcel number is 4417. Reply with OK., expect: {status: completed}}
  - {delete: made}
  - {user: What is my parcel number?, expect: {error: {status: {one_of: [400, 404]}}}}
""",
    "B13": CANCELLED,
    "B14": CANCELLED,
    "B15": """
turns:
  - {user: Hi., request: {background: true, store: false}, expect: {error: {status: 400}}}
""",
    "B16": BACKGROUND,
    "B17": BACKGROUND,
    "B18": BACKGROUND,
    "B19": "modes: {delivery: [resumed]}\n" + CARRIED,
    "B20": "modes: {delivery: [resumed]}\n" + CARRIED,
    "B21": """
modes: {delivery: [background_stream]}
turns:
  - {id: made, user: Write three sentences about rain., expect: {status: completed}}
  - {resume: {turn: made, after: 4}, expect: {status: completed}}
""",
    "B22": "modes: {delivery: [resumed]}\n" + CARRIED,
    "B23": LISTED,
    "B24": LISTED,
    "B25": LISTED,
    "B26": COMPACTED,
    "B27": COMPACTED,
    "B28": COMPACTED,
    "B29": COMPACTED,
    "B30": FLIPPED_COMPACTION,
    "B31": COMPACTED,
    "B32": SEALED,
    "B33": STORED,
    "B34": FLIPPED,
    "B35": SEALED,
    "B36": "modes: {state: [manual]}\n" + CALLED,
    "B37": SEALED,
    "B41": CALLED,
    "B42": CALLED,
    "B43": NO_CALL,
    "B44": ONE_CALL,
    "B45": PARALLEL,
    "B46": LONELY,
    "B47": MCP,
    "B48": DENIED,
    "B49": MCP,
    "B50": MCP.replace("returns: 4", "parameters: {type: object, properties: {n: {type: integer}}}, returns: 4"),
    "B51": MCP,
    "B52": SEALED,
    "B53": SEALED,
    "B54": STORED,
    "B55": LIMITED,
    "B56": LIMITED,
    "B57": LIMITED,
    "B58": STRUCTURED,
    "B59": REFUSED,
    "B60": DRAWN,
    "B61": DRAWN,
    "B63": with_parts(PAGE, text="What is the harbour code?"),
    "B63b": FILED,
    "B64": CODE,
    "B65": FILED,
    "B71": with_parts(*[picture_of(picture(size=(1, 1)))] * 101, expect=REFUSAL),
    "B72": with_parts(picture_of(moving(), "image/gif"), expect=REFUSAL),
    "B73": "turns:\n" + looked("low") + looked("high") + "  - {user: Hi., expect: {status: completed}}\n",
    "B74b": """
turns:
  - {upload: {file: attachments/note.txt, purpose: user_data}, expect: {error: {status: 400}}}
""",
    "B75": """
needs: [code_interpreter]
turns:
  - {call: {method: POST, path: containers, body: {name: mine}}, capture: {container: $.id}}
  - {wait: 1201s}
  - user: Calculate 17 * 3.
    request: {tools: [{type: code_interpreter, container: "${container}"}]}
    expect: {error: {status: {one_of: [400, 404]}}}
""",
    "B76": """
needs: [code_interpreter]
turns:
  - {call: {method: POST, path: containers, body: {name: mine}}, capture: {container: $.id}}
  - {call: {method: POST, path: "containers/${container}/files", file: attachments/note.tex}}
  - {user: Hi., expect: {status: completed}}
""",
    "B78": CODE,
    "B62": "request: {metadata: {echo: mine}, reasoning: {effort: high}}\n" + CARRIED,
    "B62c": "needs: [temperature]\nrequest: {temperature: 0.3}\n" + CARRIED,
    "B66": FILTERED,
    "B67": CARRIED,
    "B68": INVALID,
    "B69": TOO_LONG,
    "B70": SEALED,
    "B77": KEPT,
}
"""Row → its scenario."""
