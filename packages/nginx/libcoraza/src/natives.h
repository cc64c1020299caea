// What the bundle can call: files, clock, randomness, log. Contract: packages/nginx/src/native.ts.
#pragma once

#include <v8.h>

#include <cstdint>
#include <string>

namespace cuirass {

/// Object template with all native functions.
v8::Local<v8::ObjectTemplate> NativesTemplate(v8::Isolate* isolate);

/// Addresses that a snapshot refers to, ended by 0.
const intptr_t* ExternalReferences();

/// Bytes to a byte string. Empty when it is too long for V8.
v8::MaybeLocal<v8::String> TryBytes(v8::Isolate* isolate, const char* data, size_t length);

/// For texts whose length is limited already.
v8::Local<v8::String> Bytes(v8::Isolate* isolate, const char* data, size_t length);
inline v8::Local<v8::String> Bytes(v8::Isolate* isolate, const std::string& text) {
  return Bytes(isolate, text.data(), text.size());
}

/// A byte string's bytes; other texts as UTF-8.
std::string ToStd(v8::Isolate* isolate, v8::Local<v8::Value> value);

}  // namespace cuirass
