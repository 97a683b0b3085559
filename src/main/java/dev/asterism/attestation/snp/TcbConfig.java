package dev.asterism.attestation.snp;

import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.wire.MalformedException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code minimumTcb}: product line → component → version, for all four TCB versions of a report; or
 * product line → {@code launch}, {@code committed}, {@code current} or {@code reported} → component
 * → version, which then counts for that one.
 */
final class TcbConfig {
  private static final String MEMBER = "minimumTcb";
  private static final int LARGEST = 255;

  private TcbConfig() {}

  static Map<ProductLine, TcbMinimum> parse(ConfigReader in) throws MalformedException {
    Map<ProductLine, TcbMinimum> minima = new EnumMap<>(ProductLine.class);
    if (!in.has(MEMBER)) {
      return minima;
    }
    ConfigReader lines = in.child(MEMBER);
    for (var entry : lines.node().properties()) {
      ProductLine line =
          ProductLine.byId(entry.getKey())
              .orElseThrow(() ->
                  new MalformedException(
                      lines.where(), "has a member that is none of Milan, Genoa, Turin"));
      minima.put(line, minimum(lines.child(entry.getKey()), line));
    }
    return minima;
  }

  private static TcbMinimum minimum(ConfigReader in, ProductLine line) throws MalformedException {
    Set<String> known = new HashSet<>();
    for (TcbMinimum.Kind kind : TcbMinimum.Kind.values()) {
      known.add(kind.id());
    }
    TcbVersion.components(line).forEach(c -> known.add(c.id()));
    in.onlyHas(known);
    Map<Component, Integer> all = components(in, line);
    Map<TcbMinimum.Kind, Map<Component, Integer>> parts = new EnumMap<>(TcbMinimum.Kind.class);
    for (TcbMinimum.Kind kind : TcbMinimum.Kind.values()) {
      Map<Component, Integer> own = new EnumMap<>(Component.class);
      own.putAll(all);
      if (in.has(kind.id())) {
        ConfigReader versions = in.child(kind.id());
        Set<String> names = new HashSet<>(known);
        for (TcbMinimum.Kind other : TcbMinimum.Kind.values()) {
          names.remove(other.id());
        }
        versions.onlyHas(names);
        own.putAll(components(versions, line));
      }
      parts.put(kind, own);
    }
    return new TcbMinimum(parts);
  }

  /** The components that an object names, whatever else it has. */
  static Map<Component, Integer> components(ConfigReader in, ProductLine line)
      throws MalformedException {
    Map<Component, Integer> versions = new EnumMap<>(Component.class);
    for (Component component : TcbVersion.components(line)) {
      Optional<Integer> version = version(in, component);
      version.ifPresent(v -> versions.put(component, v));
    }
    return versions;
  }

  private static Optional<Integer> version(ConfigReader in, Component component)
      throws MalformedException {
    return in.node().has(component.id())
        ? Optional.of((int) in.number(component.id(), LARGEST))
        : Optional.empty();
  }
}
