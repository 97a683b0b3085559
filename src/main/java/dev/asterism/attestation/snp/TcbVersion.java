package dev.asterism.attestation.snp;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The security versions of a platform's firmware (AMD 56860, TCB_VERSION): one byte each, compared
 * one by one, and with those of the same product line only.
 *
 * @param line whose layout it has
 * @param raw as in a report: a u64
 */
public record TcbVersion(ProductLine line, long raw) {

  /** One part of the firmware. */
  public enum Component {
    FMC("fmc", "fmcSPL"),
    BOOT_LOADER("bootloader", "blSPL"),
    TEE("tee", "teeSPL"),
    SNP("snp", "snpSPL"),
    MICROCODE("microcode", "ucodeSPL");

    private final String id;
    private final String query;

    Component(String id, String query) {
      this.id = id;
      this.query = query;
    }

    /** In configurations and verdicts. */
    public String id() {
      return id;
    }

    /** The parameter by which KDS is asked (AMD 57230). */
    String query() {
      return query;
    }

    /** Where it is in the u64, as an index of bytes from the lowest; none where it has no place. */
    Optional<Integer> position(ProductLine line) {
      boolean turin = line == ProductLine.TURIN;
      return switch (this) {
        case FMC -> turin ? Optional.of(0) : Optional.empty();
        case BOOT_LOADER -> Optional.of(turin ? 1 : 0);
        case TEE -> Optional.of(turin ? 2 : 1);
        case SNP -> Optional.of(turin ? 3 : 6);
        case MICROCODE -> Optional.of(7);
      };
    }
  }

  /** The components that a line has. */
  public static List<Component> components(ProductLine line) {
    List<Component> components = new ArrayList<>();
    for (Component component : Component.values()) {
      if (component.position(line).isPresent()) {
        components.add(component);
      }
    }
    return components;
  }

  /**
   * Puts versions together.
   *
   * @param parts 0 to 255 each; what is missing is 0
   */
  public static TcbVersion of(ProductLine line, Map<Component, Integer> parts) {
    long raw = 0;
    for (Map.Entry<Component, Integer> part : parts.entrySet()) {
      int position =
          part.getKey()
              .position(line)
              .orElseThrow(
                  () -> new IllegalArgumentException(line.id() + " has no " + part.getKey().id()));
      raw |= (part.getValue() & 0xffL) << (Byte.SIZE * position);
    }
    return new TcbVersion(line, raw);
  }

  /** The version of one component; 0 where the line has none. */
  public int part(Component component) {
    return component.position(line).map(p -> (int) (raw >>> (Byte.SIZE * p)) & 0xff).orElse(0);
  }

  /** The versions of the line's components. */
  public Map<Component, Integer> parts() {
    Map<Component, Integer> parts = new EnumMap<>(Component.class);
    components(line).forEach(c -> parts.put(c, part(c)));
    return parts;
  }

  /** The components in which this is below {@code minimum}. */
  public List<Component> below(TcbVersion minimum) {
    return components(line).stream().filter(c -> part(c) < minimum.part(c)).toList();
  }

  /** {@code bootloader 4, tee 0, snp 24, microcode 219}. */
  @Override
  public String toString() {
    var text = new StringJoiner(", ");
    parts().forEach((component, version) -> text.add(component.id() + " " + version));
    return text.toString();
  }
}
