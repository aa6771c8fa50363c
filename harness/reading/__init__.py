"""One exchange read: asked, envelope, frames, events, findings. The only place where wire and protocol meet."""
