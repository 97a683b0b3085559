package dev.asterism.cli;

import dev.asterism.disk.luks.IntegrityRule;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Encrypted volumes beside the state disk. The work is done by {@link VolumeRun}. */
@Command(
    name = "volume",
    header = VolumeCommand.HEADER,
    description = {
      "What a storage driver of a node calls: a LUKS2 volume whose passphrase is a data key of the",
      "cluster, asked of the key-service by an id. The same id always gives the same key.",
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:refused or failed; no data are lost but those that --format-foreign gives up",
      "2:usage, or a file that cannot be read",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  asterism volume format --device /dev/vdb --id pvc-7f3a --key-service-ca ca.crt \\",
      "    --key-service-cert csi.crt --key-service-key csi.key",
      "  asterism volume open --device /dev/vdb --id pvc-7f3a --mapping pvc-7f3a …",
      "  asterism volume close --device /dev/vdb --mapping pvc-7f3a",
      "The key-service must be told which ids the certificate's common name may have:",
      "  asterism key-service --allow csi=pvc- …",
    },
    subcommands = {
      VolumeCommand.Format.class,
      VolumeCommand.Open.class,
      VolumeCommand.Close.class,
      VolumeCommand.Resize.class,
    })
final class VolumeCommand implements Runnable {
  static final String HEADER = "Format, open, close and resize encrypted volumes.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  VolumeCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "format, open, close or resize is missing");
  }

  /** Which volume. */
  static final class Volume {
    @Option(
        names = "--device",
        required = true,
        paramLabel = "DEV",
        description = "The block device.")
    @SuppressWarnings("NullAway.Init")
    Path device;

    @Option(
        names = "--integrity",
        paramLabel = "WHEN",
        defaultValue = "required",
        description =
            "required, absent or either: whether each sector carries an HMAC, so that changed ones"
                + " cannot be read; such a volume keeps its size (default: ${DEFAULT-VALUE}).")
    IntegrityRule integrity = IntegrityRule.REQUIRED;

    Volume() {}
  }

  /** Its name when it is open. */
  static final class Mapping {
    @Option(
        names = "--mapping",
        required = true,
        paramLabel = "NAME",
        description = "Its name below /dev/mapper.")
    String name = "";

    Mapping() {}
  }

  /** Where its key comes from. */
  static final class Key {
    @Option(
        names = "--id",
        required = true,
        paramLabel = "ID",
        description = "The data key's id, for example the volume's.")
    String id = "";

    @Option(
        names = "--key-service-endpoint",
        paramLabel = "HOST:PORT",
        defaultValue = "key-service.kube-system:9000",
        description =
            "Its certificate must have HOST as an alternative name (default: ${DEFAULT-VALUE}).")
    String endpoint = "";

    @Option(
        names = "--key-service-ca",
        paramLabel = "FILE",
        description = "Who signs the key-service's certificate, PEM.")
    @Nullable Path authorities;

    @Option(
        names = "--key-service-cert",
        paramLabel = "FILE",
        description =
            "What is shown to the key-service, PEM, for clientAuth; key-service --allow must give its"
                + " common name the id.")
    @Nullable Path certificate;

    @Option(
        names = "--key-service-key",
        paramLabel = "FILE",
        description = "The certificate's private key, PEM.")
    @Nullable Path key;

    @Option(
        names = "--key-service-plain",
        description =
            "No TLS, for a key-service of the old system. Whoever is on the way sees the key.")
    boolean plain;

    Key() {}
  }

  /** Makes one. */
  @Command(
      name = "format",
      header = "Make a blank device an encrypted volume; wipes it where it gets integrity.",
      sortOptions = false)
  static final class Format implements Callable<Integer> {
    @Spec
    private @SuppressWarnings("NullAway.Init") CommandSpec spec;

    @Mixin Volume volume = new Volume();
    @Mixin Key key = new Key();

    @Option(
        names = "--format-foreign",
        description = "Also where something else lies on it. All of that is lost.")
    boolean formatForeign;

    @Mixin final HelpOption help = new HelpOption();

    Format() {}

    @Override
    public Integer call() throws Exception {
      Logs.plain(0);
      return new VolumeRun(spec.commandLine().getOut(), volume).format(key, formatForeign);
    }
  }

  /** Maps one. */
  @Command(name = "open", header = "Open a volume.", sortOptions = false)
  static final class Open implements Callable<Integer> {
    @Spec
    private @SuppressWarnings("NullAway.Init") CommandSpec spec;

    @Mixin Volume volume = new Volume();
    @Mixin Mapping mapping = new Mapping();
    @Mixin Key key = new Key();
    @Mixin final HelpOption help = new HelpOption();

    Open() {}

    @Override
    public Integer call() throws Exception {
      Logs.plain(0);
      return new VolumeRun(spec.commandLine().getOut(), volume).open(mapping.name, key);
    }
  }

  /** Takes the mapping away. */
  @Command(name = "close", header = "Close a volume.", sortOptions = false)
  static final class Close implements Callable<Integer> {
    @Spec
    private @SuppressWarnings("NullAway.Init") CommandSpec spec;

    @Mixin Volume volume = new Volume();
    @Mixin Mapping mapping = new Mapping();
    @Mixin final HelpOption help = new HelpOption();

    Close() {}

    @Override
    public Integer call() throws Exception {
      Logs.plain(0);
      return new VolumeRun(spec.commandLine().getOut(), volume).close(mapping.name);
    }
  }

  /** Follows a device that grew. */
  @Command(
      name = "resize",
      header = "Give an open volume without integrity all of a device that grew.",
      sortOptions = false)
  static final class Resize implements Callable<Integer> {
    @Spec
    private @SuppressWarnings("NullAway.Init") CommandSpec spec;

    @Mixin Volume volume = new Volume();
    @Mixin Mapping mapping = new Mapping();
    @Mixin Key key = new Key();
    @Mixin final HelpOption help = new HelpOption();

    Resize() {}

    @Override
    public Integer call() throws Exception {
      Logs.plain(0);
      return new VolumeRun(spec.commandLine().getOut(), volume).resize(mapping.name, key);
    }
  }
}
