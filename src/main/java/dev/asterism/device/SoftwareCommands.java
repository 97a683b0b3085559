package dev.asterism.device;

import dev.asterism.wire.MalformedException;

/** Executes one command of part 3. */
final class SoftwareCommands {
  /** Which parameter was too short is not known: a caller's parser is at fault either way. */
  private static final int SOME_PARAMETER = 1;

  private SoftwareCommands() {}

  /** Always answers: a bad command with its response code. */
  static byte[] execute(CommandContext context, byte[] command) {
    try {
      CommandFrame frame = CommandFrame.read(command);
      new CommandAuthorization(context, frame).check();
      return frame.respond(run(context, frame));
    } catch (TpmError e) {
      return CommandFrame.error(e.responseCode());
    } catch (MalformedException e) {
      return CommandFrame.error(
          TpmError.parameter(SOME_PARAMETER, TpmError.INSUFFICIENT).responseCode());
    }
  }

  private static CommandResponse run(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    return switch (frame.spec()) {
      // Wherever this TPM can be reached, it was started up: that is firmware's work.
      case STARTUP -> throw new TpmError(TpmError.INITIALIZE);
      case SHUTDOWN -> {
        frame.in().u16be("shutdownType");
        yield nothing(frame);
      }
      case SELF_TEST -> {
        frame.in().u8("fullTest");
        yield nothing(frame);
      }
      case GET_TEST_RESULT -> InfoCommands.testResult(frame);
      case GET_RANDOM -> InfoCommands.random(context, frame);
      case GET_CAPABILITY -> InfoCommands.capability(context, frame);
      case READ_CLOCK -> InfoCommands.clock(context, frame);
      case PCR_READ -> PcrCommands.read(context, frame);
      case PCR_EXTEND -> PcrCommands.extend(context, frame);
      case PCR_EVENT -> PcrCommands.event(context, frame);
      case PCR_RESET -> PcrCommands.reset(context, frame);
      case CREATE_PRIMARY -> KeyCommands.createPrimary(context, frame);
      case READ_PUBLIC -> KeyCommands.readPublic(context, frame);
      case EVICT_CONTROL -> KeyCommands.evictControl(context, frame);
      case FLUSH_CONTEXT -> KeyCommands.flushContext(context, frame);
      case QUOTE -> QuoteCommand.quote(context, frame);
      case NV_DEFINE_SPACE -> NvCommands.define(context, frame);
      case NV_UNDEFINE_SPACE -> NvCommands.undefine(context, frame);
      case NV_WRITE -> NvCommands.write(context, frame);
      case NV_READ -> NvCommands.read(context, frame);
      case NV_READ_PUBLIC -> NvCommands.readPublic(context, frame);
      case NITRO_REQUEST -> NitroCommand.request(context, frame);
    };
  }

  private static CommandResponse nothing(CommandFrame frame) throws MalformedException {
    frame.in().end();
    return CommandResponse.NOTHING;
  }
}
