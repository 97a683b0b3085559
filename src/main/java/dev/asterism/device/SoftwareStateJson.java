package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareState.NvArea;
import dev.asterism.device.SoftwareState.PrimaryId;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The state of a software TPM as JSON. Private keys are in it. */
final class SoftwareStateJson {
  private static final int FORMAT = 1;

  private SoftwareStateJson() {}

  static Bytes write(SoftwareState state) {
    ObjectNode root = Json.newObject();
    root.put("format", FORMAT);
    root.put("resetCount", state.resetCount);
    root.put("clockAtStart", state.clockAtStart);
    root.put("startedAt", state.startedAt);
    root.put("pcrUpdateCounter", state.pcrs.updateCounter());
    ObjectNode banks = root.putObject("pcrs");
    for (Digests bank : state.pcrs.banks()) {
      ArrayNode values = banks.putArray(bank.name());
      for (int pcr = 0; pcr < SoftwarePcrs.COUNT; pcr++) {
        values.add(state.pcrs.value(bank, pcr).hex());
      }
    }
    ArrayNode primaries = root.putArray("primaries");
    state.primaries.forEach(
        (id, key) -> put(primaries.addObject().put("template", id.template()), key));
    ArrayNode persistent = root.putArray("persistent");
    state.persistent.forEach(
        (handle, key) -> put(persistent.addObject().put("handle", handle), key));
    ArrayNode nv = root.putArray("nv");
    state.nv.forEach((index, area) ->
        nv.addObject()
            .put("index", index)
            .put("nameAlg", area.nameAlg())
            .put("attributes", area.attributes())
            .put("auth", area.auth().base64())
            .put("data", area.data().base64()));
    if (state.nitro != null) {
      root.set("nitro", state.nitro.toJson());
    }
    return Bytes.ofUtf8(Json.pretty(root));
  }

  static SoftwareState read(Bytes json) throws MalformedException {
    ObjectNode root = Json.object("software TPM state", json);
    if (number(root, "format") != FORMAT) {
      throw new MalformedException("format", "is not " + FORMAT);
    }
    SoftwareState state = new SoftwareState(pcrs(root));
    state.resetCount = number(root, "resetCount");
    state.clockAtStart = number(root, "clockAtStart");
    state.startedAt = number(root, "startedAt");
    for (ObjectNode node : objects(root, "primaries")) {
      SoftwareKey key = key(node);
      String template = Json.string(node, "template");
      state.primaries.put(new PrimaryId(key.hierarchy(), template), key);
    }
    for (ObjectNode node : objects(root, "persistent")) {
      state.persistent.put(number(node, "handle"), key(node));
    }
    for (ObjectNode node : objects(root, "nv")) {
      state.nv.put(
          number(node, "index"),
          new NvArea(
              (int) number(node, "nameAlg"),
              number(node, "attributes"),
              Bytes.EMPTY,
              Json.base64(node, "auth"),
              Json.base64(node, "data")));
    }
    if (root.hasNonNull("nitro")) {
      state.nitro = SoftwareNitro.read(Json.child(root, "nitro"));
    }
    return state;
  }

  private static SoftwarePcrs pcrs(ObjectNode root) throws MalformedException {
    Map<Digests, ArrayNode> banks = new EnumMap<>(Digests.class);
    for (Map.Entry<String, JsonNode> entry : Json.child(root, "pcrs").properties()) {
      if (!(entry.getValue() instanceof ArrayNode values) || values.size() != SoftwarePcrs.COUNT) {
        throw new MalformedException("pcrs", "does not list " + SoftwarePcrs.COUNT + " values");
      }
      banks.put(bank(entry.getKey()), values);
    }
    SoftwarePcrs pcrs = new SoftwarePcrs(banks.keySet());
    for (Map.Entry<Digests, ArrayNode> entry : banks.entrySet()) {
      for (int pcr = 0; pcr < SoftwarePcrs.COUNT; pcr++) {
        Bytes value = Bytes.ofHex("pcrs", entry.getValue().get(pcr).asString(""));
        if (value.length() != entry.getKey().length()) {
          throw new MalformedException("pcrs", "holds a value of another length than its bank's");
        }
        pcrs.restore(entry.getKey(), pcr, value);
      }
    }
    pcrs.restoreUpdateCounter(number(root, "pcrUpdateCounter"));
    return pcrs;
  }

  private static Digests bank(String name) throws MalformedException {
    try {
      return Digests.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("pcrs", "names a bank that does not exist");
    }
  }

  private static void put(ObjectNode node, SoftwareKey key) {
    node.put("hierarchy", key.hierarchy())
        .put("publicArea", key.publicArea().base64())
        .put("privateKey", Bytes.of(key.privateKey().getEncoded()).base64())
        .put("auth", key.auth().base64());
  }

  private static SoftwareKey key(ObjectNode node) throws MalformedException {
    return SoftwareKeys.restore(
        number(node, "hierarchy"),
        Json.base64(node, "publicArea"),
        Json.base64(node, "privateKey"),
        Json.base64(node, "auth"));
  }

  private static long number(ObjectNode node, String member) throws MalformedException {
    JsonNode value = node.get(member);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new MalformedException(member, "is not a whole number");
    }
    return value.longValue();
  }

  private static Iterable<ObjectNode> objects(ObjectNode node, String member)
      throws MalformedException {
    if (!(node.get(member) instanceof ArrayNode array)) {
      throw new MalformedException(member, "is not a list");
    }
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode item : array) {
      if (!(item instanceof ObjectNode object)) {
        throw new MalformedException(member, "lists something that is not an object");
      }
      objects.add(object);
    }
    return objects;
  }
}
