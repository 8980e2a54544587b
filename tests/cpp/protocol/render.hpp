// Messages and manifests as JSON text: the readable half of a golden vector, and how tests compare values.
#pragma once

#include <string>

#include "protocol/codec.hpp"
#include "protocol/manifest.hpp"

namespace spikard::protocol {

// `"key":"value"`, or {"counted":n} for byte i = i modulo 251, or {"hex":"..."} for other bytes than
// printable ASCII.
std::string RenderBytes(std::string_view bytes);
// `*frames` counts the raw frames of the batch so far.
std::string Render(const Message& message, size_t* frames);
std::string Render(const Payload& payload);
std::string Render(const Manifest& manifest);

std::string_view Name(Errc code);

}  // namespace spikard::protocol
