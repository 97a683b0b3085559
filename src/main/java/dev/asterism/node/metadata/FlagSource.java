package dev.asterism.node.metadata;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What the operator said on the command line. */
public final class FlagSource implements Source {
  private final Map<Field, String> given;

  public FlagSource(Map<Field, String> given) {
    this.given = new EnumMap<>(Field.class);
    this.given.putAll(given);
  }

  @Override
  public Words look() {
    return field -> Optional.ofNullable(given.get(field));
  }

  @Override
  public String place(Field field) {
    return field.option();
  }

  @Override
  public String remedy(Field field) {
    return "give " + field.form();
  }
}
