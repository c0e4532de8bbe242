"""Datastar, as Python calls: attributes, actions, events and the client's script tag.

| module       | what it writes                                                            |
|--------------|---------------------------------------------------------------------------|
| `attributes` | every `data-*` attribute; the public `fatmorph.data` is this module         |
| `actions`    | every `@action(...)`; the public `fatmorph.at` is this module                |
| `events`     | the SSE events that a stream patches a page with                           |
| `script`     | `datastar_script()`, the tag that loads the client                         |

Source: https://data-star.dev/reference
"""
