package dev.asterism.disk.standalone;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The stand-in's header, a JSON file: {@code {"uuid", "initialized", "slots": [{"salt", "check"},
 * …]}}. A slot recognises a passphrase, and gives away no more than a good guess could test.
 */
record DiskHeader(String uuid, boolean initialized, List<Slot> slots) {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final int MAX_SLOTS = 8;
  private static final int MAX_BYTES = 64 * 1024;

  DiskHeader {
    slots = List.copyOf(slots);
  }

  /** Which passphrase opens the disk. */
  record Slot(Bytes salt, Bytes check) {
    /** Of both, in bytes. */
    private static final int LENGTH = 32;

    static Slot of(Secret passphrase, SecureRandom random) {
      var salt = new byte[LENGTH];
      random.nextBytes(salt);
      return new Slot(Bytes.of(salt), PassphraseCheck.of(passphrase, Bytes.of(salt)));
    }

    boolean opens(Secret passphrase) {
      return check.equals(PassphraseCheck.of(passphrase, salt));
    }
  }

  boolean opens(Secret passphrase) {
    return slots.stream().anyMatch(slot -> slot.opens(passphrase));
  }

  DiskHeader with(List<Slot> others) {
    return new DiskHeader(uuid, initialized, others);
  }

  DiskHeader marked(boolean as) {
    return new DiskHeader(uuid, as, slots);
  }

  static DiskHeader read(Path file) throws IOException {
    Bytes content = AtomicFile.read(file, MAX_BYTES);
    try {
      return parse(content);
    } catch (MalformedException e) {
      throw new IOException("standalone disk " + file + ": " + e.getMessage(), e);
    }
  }

  void write(Path file) throws IOException {
    var node = Json.newObject();
    node.put("uuid", uuid);
    node.put("initialized", initialized);
    ArrayNode list = node.putArray("slots");
    for (Slot slot : slots) {
      list.addObject().put("salt", slot.salt().base64()).put("check", slot.check().base64());
    }
    AtomicFile.write(file, Json.pretty(node), AtomicFile.PRIVATE);
  }

  private static DiskHeader parse(Bytes content) throws MalformedException {
    ObjectNode node = Json.object("header", content);
    String uuid = Json.string(node, "uuid");
    if (!UUID.matcher(uuid).matches()) {
      throw new MalformedException("uuid", "is not a canonical lower-case UUID");
    }
    JsonNode initialized = node.get("initialized");
    if (initialized == null || !initialized.isBoolean()) {
      throw new MalformedException("initialized", "is not true or false");
    }
    if (!(node.get("slots") instanceof ArrayNode list)
        || list.isEmpty()
        || list.size() > MAX_SLOTS) {
      throw new MalformedException("slots", "is not a list of 1 to " + MAX_SLOTS);
    }
    var slots = new ArrayList<Slot>();
    for (JsonNode item : list) {
      if (!(item instanceof ObjectNode slot)) {
        throw new MalformedException("slots", "holds something else than objects");
      }
      slots.add(new Slot(bytes32(slot, "salt"), bytes32(slot, "check")));
    }
    return new DiskHeader(uuid, initialized.booleanValue(), slots);
  }

  private static Bytes bytes32(ObjectNode slot, String member) throws MalformedException {
    Bytes value = Json.base64(slot, member);
    if (value.length() != Slot.LENGTH) {
      throw new MalformedException(member, "must have " + Slot.LENGTH + " bytes");
    }
    return value;
  }
}
