package dev.asterism.device;

import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;

/**
 * What a successful command answers.
 *
 * @param handles empty, or the one handle that CreatePrimary gives
 */
record CommandResponse(Bytes handles, Bytes parameters) {
  static final CommandResponse NOTHING = new CommandResponse(Bytes.EMPTY, Bytes.EMPTY);

  static CommandResponse of(ByteWriter parameters) {
    return new CommandResponse(Bytes.EMPTY, parameters.toBytes());
  }
}
