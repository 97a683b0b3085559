package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reference values for the platform's registers, by index. */
public record Measurements(SortedMap<Integer, Measurement> byIndex) {

  /**
   * @param warnOnly a mismatch is reported but does not refuse
   */
  public record Measurement(Bytes expected, boolean warnOnly) {
    /**
     * Any value but zero. Has no expected value, so that whoever does not know of it finds that
     * nothing matches; no configuration can say it.
     */
    public static final Measurement SET = new Measurement(Bytes.EMPTY, false);

    /** Whether this asks for any value but zero. */
    public boolean mustBeSet() {
      return expected.isEmpty();
    }

    /** Whether a register may hold that. */
    public boolean matches(Bytes actual) {
      return mustBeSet() ? !actual.isAllZero() : actual.equals(expected);
    }
  }

  public Measurements {
    byIndex = Collections.unmodifiableSortedMap(new TreeMap<>(byIndex));
  }

  /** These, and {@code index} must be {@code value}. */
  public Measurements enforcing(int index, Bytes value) {
    return with(index, new Measurement(value, false));
  }

  /** These, and {@code index} must not be zero, whatever else it holds. */
  public Measurements requiringSet(int index) {
    return with(index, Measurement.SET);
  }

  private Measurements with(int index, Measurement measurement) {
    var changed = new TreeMap<>(byIndex);
    changed.put(index, measurement);
    return new Measurements(changed);
  }

  /** The one value that is good; empty where there is none. */
  public Optional<Bytes> expected(int index) {
    return Optional.ofNullable(byIndex.get(index))
        .filter(m -> !m.mustBeSet())
        .map(Measurement::expected);
  }

  /**
   * Reads {@code {"4": {"expected": "<hex>", "warnOnly": false}, …}}; a plain hex string means
   * enforced.
   *
   * @param length of each value in bytes
   * @param count indices run from 0 to {@code count - 1}
   */
  public static Measurements parse(ObjectNode node, int length, int count)
      throws MalformedException {
    var byIndex = new TreeMap<Integer, Measurement>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String where = "measurements[\"" + entry.getKey() + "\"]";
      int index = index(where, entry.getKey(), count);
      Measurement measurement = measurement(where, entry.getValue());
      if (measurement.expected().length() != length) {
        throw new MalformedException(where, "must have " + length + " bytes");
      }
      if (byIndex.put(index, measurement) != null) {
        throw new MalformedException(where, "names a register twice");
      }
    }
    return new Measurements(byIndex);
  }

  public ObjectNode toJson() {
    ObjectNode node = Json.newObject();
    byIndex.forEach((index, m) ->
        node.putObject(Integer.toString(index))
            .put("expected", m.expected().hex())
            .put("warnOnly", m.warnOnly()));
    return node;
  }

  private static int index(String where, String text, int count) throws MalformedException {
    try {
      int index = Integer.parseInt(text);
      if (index >= 0 && index < count) {
        return index;
      }
    } catch (NumberFormatException e) {
      throw new MalformedException(where, "is not named by a number");
    }
    throw new MalformedException(where, "must be named 0 to " + (count - 1));
  }

  private static Measurement measurement(String where, JsonNode value) throws MalformedException {
    if (value.isString()) {
      return new Measurement(Bytes.ofHex(where, value.stringValue()), false);
    }
    if (!(value instanceof ObjectNode object)) {
      throw new MalformedException(where, "is neither an object nor a hex string");
    }
    JsonNode warnOnly = object.get("warnOnly");
    if (warnOnly != null && !warnOnly.isBoolean()) {
      throw new MalformedException(where + ".warnOnly", "is not true or false");
    }
    return new Measurement(
        Bytes.ofHex(where + ".expected", Json.string(object, "expected")),
        warnOnly != null && warnOnly.booleanValue());
  }
}
