package dev.asterism.disk.luks;

import dev.asterism.disk.luks.BinaryHeader.Copy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** What a host can do to a header: everything, checksums included. */
final class TestHeaders {
  static final String UUID = "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f";

  /** As the contract has it, with integrity. */
  private static final String GOOD =
      """
      {"keyslots":{"0":{"type":"luks2","key_size":96,
        "af":{"type":"luks1","stripes":4000,"hash":"sha256"},
        "area":{"type":"raw","offset":"32768","size":"385024","encryption":"aes-xts-plain64",
          "key_size":64},
        "kdf":{"type":"argon2id","time":4,"memory":65536,"cpus":2,
          "salt":"84e+mkPfo/lhNmX8wiufo5vV6adDl+ySr7zypm6NOhI="}}},
       "tokens":{"0":{"type":"constellation-state-disk","keyslots":[],"diskIsInitialized":true}},
       "segments":{"0":{"type":"crypt","offset":"16777216","size":"dynamic","iv_tweak":"0",
         "encryption":"aes-xts-plain64","sector_size":4096,
         "integrity":{"type":"hmac(sha256)","journal_encryption":"none",
           "journal_integrity":"none"}}},
       "digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],"hash":"sha256",
         "iterations":120000,"salt":"AR7YBJtrWLlQV3lRdMCktmDPhjFUP7e1wqUHQL5tCsA=",
         "digest":"bpXJIFlrnX8mOs7e6IFU1l7jFkz5ZWTkbth0/pLJHWo="}},
       "config":{"json_size":"12288","keyslots_size":"16744448"}}
      """;

  private TestHeaders() {}

  static ObjectNode goodJson() {
    try {
      return Json.object("good", GOOD);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One copy, its checksum right. */
  static HeaderCopy copy(Copy copy, long sequenceId, String uuid, ObjectNode json) {
    Bytes text = Bytes.ofUtf8(Json.line(json));
    int rest = Math.max(0, HeaderCopy.JSON_LENGTH - text.length());
    Bytes area = Bytes.concat(text, Bytes.zeros(rest));
    var binary = new BinaryHeader(copy, sequenceId, "", Bytes.zeros(64), uuid, "", Bytes.zeros(64));
    return new HeaderCopy(binary.finished(area), area);
  }

  static LuksHeader header(ObjectNode json) {
    HeaderCopy primary = copy(Copy.PRIMARY, 3, UUID, json);
    return new LuksHeader(primary, primary.mirrored(), json, Optional.empty());
  }

  /** The good one, changed. */
  static LuksHeader changed(Consumer<ObjectNode> change) {
    ObjectNode json = goodJson();
    change.accept(json);
    return header(json);
  }

  /** Changes the metadata of a disk, checksums and all. */
  static void tamper(Path device, Consumer<ObjectNode> change) throws IOException {
    try (var file = new RandomAccessFile(device.toFile(), "rw")) {
      var start = new byte[LuksHeader.LENGTH];
      file.readFully(start);
      LuksHeader header = LuksHeader.parse(Bytes.of(start)).orElseThrow();
      ObjectNode json = header.json();
      change.accept(json);
      BinaryHeader old = header.primary().binary();
      HeaderCopy primary = copy(Copy.PRIMARY, old.sequenceId(), old.uuid(), json);
      file.seek(0);
      file.write(primary.toBytes().toArray());
      file.write(primary.mirrored().toBytes().toArray());
    }
  }
}
