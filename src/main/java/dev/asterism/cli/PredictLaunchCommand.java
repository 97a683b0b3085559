package dev.asterism.cli;

import dev.asterism.attestation.snp.LaunchDigest;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Predicts a launch measurement. */
@Command(
    name = "predict-launch",
    header = "Predict the SEV-SNP launch measurement of a QEMU guest.",
    description =
        "With --kernel, of a direct boot whose hashes QEMU gives the firmware (kernel-hashes=on); "
            + "without, of the firmware alone.",
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = {
      "  asterism measurements predict-launch --ovmf OVMF.amdsev.fd --vcpus 4 \\",
      "    --vcpu-type EPYC-v4 --kernel vmlinuz --initrd initrd.img --cmdline 'console=ttyS0'",
    })
final class PredictLaunchCommand implements Callable<Integer> {
  private static final int LARGEST = 1 << 30;

  /** QEMU's processor models: family, model, stepping. */
  private static final Map<String, int[]> TYPES =
      Map.of(
          "EPYC", new int[] {23, 1, 2},
          "EPYC-v4", new int[] {23, 1, 2},
          "EPYC-Rome", new int[] {23, 49, 0},
          "EPYC-Milan", new int[] {25, 1, 1},
          "EPYC-Genoa", new int[] {25, 17, 0},
          "EPYC-Turin", new int[] {26, 0, 0});

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Option(names = "--ovmf", required = true, paramLabel = "FILE", description = "The firmware.")
  private Path ovmf = Path.of("");

  @Option(
      names = "--vcpus",
      required = true,
      paramLabel = "N",
      description = "How many virtual processors.")
  private int vcpus;

  @Option(
      names = "--vcpu-type",
      paramLabel = "MODEL",
      description = "QEMU's: EPYC, EPYC-v4, EPYC-Rome, EPYC-Milan, EPYC-Genoa or EPYC-Turin.")
  private @Nullable String type;

  @Option(
      names = "--vcpu-signature",
      paramLabel = "HEX",
      description = "Instead: what CPUID function 1 gives in EAX.")
  private @Nullable String signature;

  @Option(names = "--kernel", paramLabel = "FILE", description = "The kernel of a direct boot.")
  private @Nullable Path kernel;

  @Option(names = "--initrd", paramLabel = "FILE", description = "Its initrd.")
  private @Nullable Path initrd;

  @Option(names = "--cmdline", paramLabel = "TEXT", description = "Its command line.")
  private @Nullable String commandLine;

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  PredictLaunchCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    Path booted = kernel;
    if (booted == null && (initrd != null || commandLine != null)) {
      throw new MalformedException("--kernel", "is missing: without it the rest is not measured");
    }
    if (vcpus < 1 || vcpus > 512) {
      throw new MalformedException("--vcpus", "is not 1 to 512");
    }
    Bytes measurement =
        LaunchDigest.of(
            read("--ovmf", ovmf),
            booted == null
                ? null
                : new LaunchDigest.DirectBoot(
                    read("--kernel", booted),
                    initrd == null ? Bytes.EMPTY : read("--initrd", initrd),
                    commandLine == null ? "" : commandLine),
            new LaunchDigest.Processors(vcpus, signature()));
    spec.commandLine()
        .getOut()
        .println(
            output.json()
                ? Json.line(Json.newObject().put("measurement", measurement.hex()))
                : measurement.hex());
    return ExitCode.SUCCESS;
  }

  private long signature() throws MalformedException {
    if (signature != null && signature.matches("[0-9a-fA-F]{1,8}") && type == null) {
      return Long.parseLong(signature, 16);
    }
    int[] known = type == null || signature != null ? null : TYPES.get(type);
    if (known == null) {
      throw new MalformedException(
          "--vcpu-type", "or --vcpu-signature must say which processor the guest sees");
    }
    return LaunchDigest.signature(known[0], known[1], known[2]);
  }

  private static Bytes read(String option, Path file) throws IOException, MalformedException {
    try {
      return AtomicFile.read(file, LARGEST);
    } catch (NoSuchFileException e) {
      throw new MalformedException(option, file + " does not exist");
    }
  }
}
