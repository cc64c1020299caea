#include "natives.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

#include "coraza/coraza.h"
#include "log.h"
#include "write-all.h"

namespace cuirass {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

/// Larger files are no rules and no data of rules.
constexpr off_t kLargestFile = off_t{256} << 20;

void Throw(v8::Isolate* isolate, const std::string& message) {
  isolate->ThrowException(v8::Exception::Error(Bytes(isolate, message)));
}

void ThrowErrno(v8::Isolate* isolate, const std::string& path) {
  Throw(isolate, path + ": " + strerror(errno));
}

std::string Text(const Info& info, int index) { return ToStd(info.GetIsolate(), info[index]); }

double Number(const Info& info, int index) { return info[index].As<v8::Number>()->Value(); }

/// The memory of a Uint8Array argument.
struct View {
  std::shared_ptr<v8::BackingStore> store;
  char* data;
  size_t length;
};

View ViewOf(v8::Local<v8::Value> value) {
  const auto array = value.As<v8::Uint8Array>();
  auto store = array->Buffer()->GetBackingStore();
  char* data = static_cast<char*>(store->Data()) + array->ByteOffset();
  return {std::move(store), data, array->ByteLength()};
}

/// Reads up to `length` bytes; -1 on failure.
ssize_t ReadAll(int descriptor, char* data, size_t length, off_t offset) {
  size_t done = 0;
  while (done < length) {
    const ssize_t got = pread(descriptor, data + done, length - done, offset + static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

/// A Uint8Array of `length` bytes to fill; null with a pending exception when buffers are used up.
v8::Local<v8::Uint8Array> NewArray(v8::Isolate* isolate, size_t length, char** data) {
  auto* memory = static_cast<char*>(isolate->GetArrayBufferAllocator()->AllocateUninitialized(length == 0 ? 1 : length));
  if (memory == nullptr) {
    Throw(isolate, "no memory for a buffer");
    return {};
  }
  auto store = v8::ArrayBuffer::NewBackingStore(
      memory, length,
      [](void* block, size_t size, void* allocator) {
        static_cast<v8::ArrayBuffer::Allocator*>(allocator)->Free(block, size == 0 ? 1 : size);
      },
      isolate->GetArrayBufferAllocator());
  *data = memory;
  return v8::Uint8Array::New(v8::ArrayBuffer::New(isolate, std::move(store)), 0, length);
}

void ReadFile(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const std::string path = Text(info, 0);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno != ENOENT && errno != ENOTDIR) ThrowErrno(isolate, path);
    return;
  }
  struct stat status {};
  char* data = nullptr;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    Throw(isolate, path + ": not a regular file");
  } else if (status.st_size > kLargestFile) {
    Throw(isolate, path + ": file too large");
  } else {
    const auto array = NewArray(isolate, static_cast<size_t>(status.st_size), &data);
    if (!array.IsEmpty()) {
      if (ReadAll(descriptor, data, array->ByteLength(), 0) == static_cast<ssize_t>(array->ByteLength())) {
        info.GetReturnValue().Set(array);
      } else {
        ThrowErrno(isolate, path);
      }
    }
  }
  close(descriptor);
}

void Glob(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  glob_t found{};
  const std::string pattern = Text(info, 0);
  std::vector<v8::Local<v8::Value>> paths;
  if (glob(pattern.c_str(), GLOB_NOESCAPE, nullptr, &found) == 0) {
    for (size_t at = 0; at < found.gl_pathc; at++) paths.push_back(Bytes(isolate, found.gl_pathv[at]));
  }
  globfree(&found);
  info.GetReturnValue().Set(v8::Array::New(isolate, paths.data(), paths.size()));
}

void IsWritableDirectory(const Info& info) {
  struct stat status {};
  const std::string path = Text(info, 0);
  const bool is_directory = stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  info.GetReturnValue().Set(is_directory && access(path.c_str(), W_OK | X_OK) == 0);
}

void WorkingDirectory(const Info& info) {
  char path[PATH_MAX];
  info.GetReturnValue().Set(Bytes(info.GetIsolate(), getcwd(path, sizeof path) == nullptr ? "/" : path));
}

void AppendFile(const Info& info) {
  const std::string path = Text(info, 0);
  const std::string text = Text(info, 2);
  int descriptor = -1;
  if (path == "/dev/stdout") descriptor = STDOUT_FILENO;
  if (path == "/dev/stderr") descriptor = STDERR_FILENO;
  const bool own = descriptor < 0;
  if (own) {
    descriptor = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, static_cast<mode_t>(Number(info, 1)));
  }
  if (descriptor < 0 || !WriteAll(descriptor, text.data(), text.size())) ThrowErrno(info.GetIsolate(), path);
  if (own && descriptor >= 0) close(descriptor);
}

void MakeDirectories(const Info& info) {
  const std::string path = Text(info, 0);
  const auto mode = static_cast<mode_t>(Number(info, 1));
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (mkdir(part.c_str(), mode) != 0 && errno != EEXIST) return ThrowErrno(info.GetIsolate(), part);
    if (slash == std::string::npos) return;
  }
}

void OpenTempFile(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  std::string path = Text(info, 0) + "/cuirass-" + Text(info, 1) + "-XXXXXX";
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return ThrowErrno(isolate, path);
  fchmod(descriptor, static_cast<mode_t>(Number(info, 2)));
  v8::Local<v8::Value> result[] = {Bytes(isolate, path), v8::Integer::New(isolate, descriptor)};
  info.GetReturnValue().Set(v8::Array::New(isolate, result, 2));
}

void WriteTempFile(const Info& info) {
  const View bytes = ViewOf(info[1]);
  if (!WriteAll(static_cast<int>(Number(info, 0)), bytes.data, bytes.length)) {
    ThrowErrno(info.GetIsolate(), "temporary file");
  }
}

void ReadTempFile(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const int descriptor = static_cast<int>(Number(info, 0));
  const auto offset = static_cast<off_t>(Number(info, 1));
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return ThrowErrno(isolate, "temporary file");
  const double left = std::max(0.0, static_cast<double>(status.st_size - offset));
  char* data = nullptr;
  const auto array = NewArray(isolate, static_cast<size_t>(std::min(Number(info, 2), left)), &data);
  if (array.IsEmpty()) return;
  if (ReadAll(descriptor, data, array->ByteLength(), offset) != static_cast<ssize_t>(array->ByteLength())) {
    return ThrowErrno(isolate, "temporary file");
  }
  info.GetReturnValue().Set(array);
}

void CloseTempFile(const Info& info) {
  close(static_cast<int>(Number(info, 0)));
  const std::string path = Text(info, 1);
  if (!info[2]->BooleanValue(info.GetIsolate()) && unlink(path.c_str()) != 0 && errno != ENOENT) {
    ThrowErrno(info.GetIsolate(), path);
  }
}

double Clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1000.0 + static_cast<double>(now.tv_nsec) / 1e6;
}

void Now(const Info& info) { info.GetReturnValue().Set(static_cast<double>(static_cast<int64_t>(Clock(CLOCK_REALTIME)))); }

void Monotonic(const Info& info) { info.GetReturnValue().Set(Clock(CLOCK_MONOTONIC)); }

void Cpu(const Info& info) { info.GetReturnValue().Set(Clock(CLOCK_PROCESS_CPUTIME_ID)); }

void FillRandom(const Info& info) {
  const View bytes = ViewOf(info[0]);
  for (size_t at = 0; at < bytes.length;) {
    const ssize_t got = getrandom(bytes.data + at, bytes.length - at, 0);
    if (got < 0 && errno != EINTR) return ThrowErrno(info.GetIsolate(), "random source");
    if (got > 0) at += static_cast<size_t>(got);
  }
}

void Latin1(const Info& info) {
  const View bytes = ViewOf(info[0]);
  v8::Local<v8::String> text;
  if (TryBytes(info.GetIsolate(), bytes.data, bytes.length).ToLocal(&text)) {
    info.GetReturnValue().Set(text);
  } else {
    Throw(info.GetIsolate(), "text too long");
  }
}

void CopyText(const Info& info) {
  const View bytes = ViewOf(info[1]);
  const v8::Local<v8::String> text = info[0].As<v8::String>();
  const int length = std::min(text->Length(), static_cast<int>(bytes.length));
  text->WriteOneByte(info.GetIsolate(), reinterpret_cast<uint8_t*>(bytes.data), 0, length,
                     v8::String::NO_NULL_TERMINATION);
}

void LocalTime(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const auto seconds = static_cast<time_t>(Number(info, 0) / 1000.0);
  tm parts{};
  localtime_r(&seconds, &parts);
  v8::Local<v8::Value> result[] = {
      v8::Integer::New(isolate, parts.tm_year + 1900), v8::Integer::New(isolate, parts.tm_mon + 1),
      v8::Integer::New(isolate, parts.tm_mday),        v8::Integer::New(isolate, parts.tm_hour),
      v8::Integer::New(isolate, parts.tm_min),         v8::Integer::New(isolate, parts.tm_sec)};
  info.GetReturnValue().Set(v8::Array::New(isolate, result, 6));
}

void LogLine(const Info& info) {
  Log(static_cast<coraza_debug_log_level_t>(Number(info, 0)), Text(info, 1), Text(info, 2));
}

void Matched(const Info& info) {
  if (current_callbacks == nullptr || current_callbacks->error == nullptr) return;
  v8::Local<v8::Value> matched = info[0];
  current_callbacks->error(current_callbacks->error_context, reinterpret_cast<coraza_matched_rule_t>(&matched));
}

struct Native {
  const char* name;
  v8::FunctionCallback callback;
};

constexpr Native kNatives[] = {
    {"readFile", ReadFile},
    {"glob", Glob},
    {"isWritableDirectory", IsWritableDirectory},
    {"workingDirectory", WorkingDirectory},
    {"appendFile", AppendFile},
    {"makeDirectories", MakeDirectories},
    {"openTempFile", OpenTempFile},
    {"writeTempFile", WriteTempFile},
    {"readTempFile", ReadTempFile},
    {"closeTempFile", CloseTempFile},
    {"now", Now},
    {"monotonic", Monotonic},
    {"cpu", Cpu},
    {"fillRandom", FillRandom},
    {"latin1", Latin1},
    {"copyText", CopyText},
    {"localTime", LocalTime},
    {"log", LogLine},
    {"matched", Matched},
};

}  // namespace

v8::Local<v8::ObjectTemplate> NativesTemplate(v8::Isolate* isolate) {
  auto natives = v8::ObjectTemplate::New(isolate);
  for (const Native& native : kNatives) {
    natives->Set(isolate, native.name, v8::FunctionTemplate::New(isolate, native.callback));
  }
  return natives;
}

const intptr_t* ExternalReferences() {
  static const std::vector<intptr_t> references = [] {
    std::vector<intptr_t> addresses;
    for (const Native& native : kNatives) addresses.push_back(reinterpret_cast<intptr_t>(native.callback));
    addresses.push_back(0);
    return addresses;
  }();
  return references.data();
}

v8::MaybeLocal<v8::String> TryBytes(v8::Isolate* isolate, const char* data, size_t length) {
  if (length > static_cast<size_t>(v8::String::kMaxLength)) return {};
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(data), v8::NewStringType::kNormal,
                                    static_cast<int>(length));
}

v8::Local<v8::String> Bytes(v8::Isolate* isolate, const char* data, size_t length) {
  return TryBytes(isolate, data, length).FromMaybe(v8::String::Empty(isolate));
}

std::string ToStd(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  v8::Local<v8::String> text;
  if (!value->ToString(isolate->GetCurrentContext()).ToLocal(&text)) return "";
  std::string bytes;
  if (text->ContainsOnlyOneByte()) {
    bytes.resize(static_cast<size_t>(text->Length()));
    text->WriteOneByte(isolate, reinterpret_cast<uint8_t*>(bytes.data()), 0, text->Length(),
                       v8::String::NO_NULL_TERMINATION);
  } else {
    bytes.resize(static_cast<size_t>(text->Utf8Length(isolate)));
    text->WriteUtf8(isolate, bytes.data(), static_cast<int>(bytes.size()), nullptr, v8::String::NO_NULL_TERMINATION);
  }
  return bytes;
}

}  // namespace cuirass
