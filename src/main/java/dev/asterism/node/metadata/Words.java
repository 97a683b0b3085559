package dev.asterism.node.metadata;

import java.io.IOException;
import java.util.Optional;

/** What a source says at one look, unchecked. */
@FunctionalInterface
interface Words {
  /**
   * @return empty where the source does not say it; {@link Field#JOIN_ENDPOINTS} has commas between
   *     its parts, and is an empty text where there are none
   */
  Optional<String> of(Field field) throws IOException;
}
