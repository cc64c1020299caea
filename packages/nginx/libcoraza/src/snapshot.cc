#include "snapshot.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>
#include <v8.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "bundle.h"
#include "write-all.h"

namespace cuirass {

namespace {

constexpr char kMagic[8] = {'C', 'U', 'I', 'R', 'S', 'N', 'P', '1'};

struct Header {
  char magic[8];
  uint64_t key_length;
  uint64_t length;
  uint64_t checksum;
};

/// FNV-1a over 8-byte words: finds damage; against forgery nothing but the place it is kept in helps.
uint64_t Checksum(const char* data, size_t length) {
  uint64_t sum = 0xcbf29ce484222325U ^ length;
  size_t at = 0;
  for (; at + 8 <= length; at += 8) {
    uint64_t word = 0;
    memcpy(&word, data + at, 8);
    sum = (sum ^ word) * 0x100000001b3U;
    sum ^= sum >> 29;
  }
  for (; at < length; at++) sum = (sum ^ static_cast<unsigned char>(data[at])) * 0x100000001b3U;
  return sum;
}

/// Device, inode, size and time of the file that an address was loaded from.
std::string FileOf(const void* address) {
  Dl_info info{};
  struct stat status {};
  if (dladdr(address, &info) == 0 || stat(info.dli_fname, &status) != 0) return "unknown";
  return std::to_string(status.st_dev) + "-" + std::to_string(status.st_ino) + "-" + std::to_string(status.st_size) +
         "-" + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

}  // namespace

std::string SnapshotKey(const std::string& flags) {
  return std::string("v8 ") + v8::V8::GetVersion() + " flags " + flags + " libnode " +
         FileOf(reinterpret_cast<const void*>(&v8::V8::GetVersion)) + " library " + FileOf(kMagic) + " bundle " +
         std::to_string(Checksum(kBundle, kBundleLength()));
}

bool WriteEnvelope(int descriptor, const std::string& key, const char* data, size_t length, std::string* error) {
  Header header{};
  memcpy(header.magic, kMagic, sizeof kMagic);
  header.key_length = key.size();
  header.length = length;
  header.checksum = Checksum(data, length);
  // V8 reads its blob as words.
  const std::string padding((8 - key.size() % 8) % 8, '\0');
  if (WriteAll(descriptor, &header, sizeof header) && WriteAll(descriptor, key.data(), key.size()) &&
      WriteAll(descriptor, padding.data(), padding.size()) && WriteAll(descriptor, data, length)) {
    return true;
  }
  *error = std::string("cannot write the snapshot: ") + strerror(errno);
  return false;
}

bool OpenEnvelope(const void* envelope, size_t size, const std::string& key, const char** data, size_t* length,
                  std::string* error) {
  Header header{};
  const char* bytes = static_cast<const char*>(envelope);
  if (size < sizeof header) return *error = "snapshot: too short", false;
  memcpy(&header, bytes, sizeof header);
  if (memcmp(header.magic, kMagic, sizeof kMagic) != 0) return *error = "snapshot: not one", false;
  if (header.key_length > size || header.length > size) return *error = "snapshot: cut off", false;
  const uint64_t start = sizeof header + (header.key_length + 7) / 8 * 8;
  if (start + header.length != size) return *error = "snapshot: cut off", false;
  if (std::string(bytes + sizeof header, header.key_length) != key) {
    return *error = "snapshot: made by another V8, library or with other flags", false;
  }
  if (Checksum(bytes + start, header.length) != header.checksum) return *error = "snapshot: damaged", false;
  *data = bytes + start;
  *length = header.length;
  return true;
}

}  // namespace cuirass
