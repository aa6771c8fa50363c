"""How the service treats its state: rightly, unless a defect has it otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ways:
    """One switch for each way in which state can be mistreated; the defaults are what the API promises."""

    parent: str = "named"  # or "ignored", "grandparent"
    unknown_parent: str = "refused"  # or "accepted"
    invalid: str = "refused"  # or "accepted": unknown models and bad parameters are answered as if all were well
    lenient: str = "nothing"  # or a kind of refusal that is left out: one of `harness.mock.leniency`, or another's
    encryption: str = "asked"  # or "never": `include: [reasoning.encrypted_content]` is not heeded
    altered_seal: str = "refused"  # or "accepted"
    good_seal: str = "accepted"  # or "refused"
    unstored: str = "gone"  # or "readable": what was not to be stored can be read
    deleted: str = "gone"  # or "readable", "chainable": a follow-up still continues from it
    stored: str = "readable"  # or "gone", "altered" (another text), "recounted" (another usage)
    instructions: str = "this call"  # or "carried": earlier instructions are still obeyed
    listing: str = "as asked"  # or "reversed", "repeating", "without outputs"
    limit: str = "heeded"  # or "ignored", "hidden": cut at the limit but called completed
    pairing: str = "enforced"  # or "ignored": outputs without calls, calls without outputs
    outputs: str = "own"  # or "swapped": what one call returned is taken for what the other did
    ids: str = "fresh"  # or "reused": one id for every response
    talk: str = "own"  # or "crossed": what another conversation said comes up here
    too_long: str = "refused"  # or "shortened": too long a context is cut in silence
    compaction: str = "made"  # or "missing", "readable", "heavy" (as large as the history), "empty" (facts are gone)
    altered_compaction: str = "refused"  # or "accepted"
    good_compaction: str = "accepted"  # or "refused"
    reasoning: str = "shown"  # or "hidden": the item that a later call needs is not given out
    stored_reasoning: str = "as given"  # or "renamed", "reworded"
    deleted_again: str = "not found"  # or "failing"
    cancelled_again: str = "same"  # or "failing", "in progress"
    cancelled: str = "stays"  # or "completes": it is finished all the same
    background: str = "stored"  # or "unstored": accepted with `store: false`; "blocking": answered when all is done
    polls: str = "forward"  # or "backward", "endless"
    resume: str = "after"  # or "repeating", "skipping", "other text", "renumbered"
    filter: str = "refusing"  # or "silent": a filtered prompt is answered with nothing
    retention: str = "thirty days"  # or "seven days"
    containers: str = "own"  # or "leaking": files of another container come up in a new one
    idle_containers: str = "gone"  # or "usable": a container serves for ever
    container_files: str = "taken"  # or "ignored": files for a container never reach it
    container_kinds: str = "all"  # or "some": not every documented type of file is taken into a container
    citations: str = "made"  # or "missing", "unknown" (of a file that there is not)
    approval: str = "asked"  # or "skipped", "overruled" (a denial), "unlinked", "altered" (the arguments), "reused"
    attachments: str = "read"  # or "ignored": what is attached reaches no model and costs nothing
    image_limits: str = "kept"  # or "ignored": more than 100 images, 50 MB and more are taken
    image_kinds: str = "checked"  # or "any": other formats, moving and damaged pictures are taken
    detail: str = "heeded"  # or "ignored": a glance costs as much as a close look
    file_limits: str = "kept"  # or "ignored": files of 50 MB and more are taken
    purposes: str = "checked"  # or "any": uploads of `user_data` are taken
