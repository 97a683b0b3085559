package dev.asterism.cli;

import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksDevice;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.LuksStateDisk;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.node.NodePaths;
import dev.asterism.testing.FakeHttps;
import dev.asterism.testing.Tars;
import dev.asterism.testing.kubernetes.FakeApiServer;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A node image in a folder: an open LUKS2 disk, its mounts as the kernel would list them, systemctl
 * that writes down what it is told. kubeadm comes from a server over HTTPS, and is a script.
 */
final class NodeImageFixture implements AutoCloseable {
  static final String INIT_SECRET = "let me in";

  final Path root;
  final NodePaths paths;
  final FakeHttps mirror = new FakeHttps();
  final FakeApiServer apiServer = new FakeApiServer();
  final int initPort;
  private final int monitoringPort;
  private final Path folder;
  private final Path kubeadmLog;
  private final Path systemctlLog;
  private final SecureRandom random = new SecureRandom();
  private List<String> told;

  NodeImageFixture(Path folder, String role, String joinEndpoints) throws Exception {
    this.folder = folder;
    root = Files.createDirectory(folder.resolve("root"));
    paths = new NodePaths(root);
    kubeadmLog = folder.resolve("kubeadm.log");
    systemctlLog = folder.resolve("systemctl.log");
    List<Integer> ports = RoleProcess.freePorts(2);
    initPort = ports.get(0);
    monitoringPort = ports.get(1);
    SoftwareTpm.create(folder.resolve("tpm.json"), random);
    Files.writeString(folder.resolve("mirror-ca.pem"), Pem.encode(mirror.authority.certificate()));
    metadata(role, joinEndpoints);
    told = List.of("--metadata=static:" + folder.resolve("metadata.json"));
    mounts("/run/state", "/etc/kubernetes", "/var");
    Path tools = Files.createDirectories(root.resolve("usr/bin"));
    program(tools.resolve("systemctl"), "echo \"$@\" >>" + systemctlLog);
    program(tools.resolve("journalctl"), "echo the journal");
    try (var device =
        new LuksDevice(
            Cryptsetup.load(),
            new LuksDevice.Settings(
                disk(),
                paths.stateDiskKey(),
                null,
                IntegrityRule.EITHER,
                LuksFormat.cheap(),
                false),
            random)) {
      LuksDevice.createFile(disk());
      device.format(part -> {});
    }
    prepareKubeadm();
  }

  private void metadata(String role, String joinEndpoints) throws IOException {
    String hash = Bcrypt.hash(Secret.copyOf(Bytes.ofUtf8(INIT_SECRET)), 4, random);
    Files.writeString(
        folder.resolve("metadata.json"),
        """
        {"name": "Node_0", "role": "%s", "ip": "10.0.0.1", "joinEndpoints": [%s],
         "apiServerEndpoint": "lb.example.com:6443", "initSecretHash": "%s"}
        """
            .formatted(role, joinEndpoints, hash));
  }

  /** Is told what it is by somebody else than the metadata file. */
  void told(String... arguments) {
    told = List.of(arguments);
  }

  /** Says that those places, and no others, are on the state disk. */
  void mounts(String... places) throws IOException {
    var list = new StringBuilder("25 1 254:0 / / ro - erofs /dev/mapper/root ro\n");
    for (String place : places) {
      list.append("30 25 254:3 / ").append(place).append(" rw - ext4 /dev/mapper/state rw\n");
    }
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(root.resolve("proc/self/mountinfo"), list.toString());
  }

  private static void program(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\nset -e\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What kubeadm would make, made before. */
  private void prepareKubeadm() throws Exception {
    Path made = Files.createDirectory(folder.resolve("made"));
    var _ =
        new StandaloneKubeadm(made, null, InstantSource.system())
            .init(
                new InitPlan(
                    "c",
                    "v1.37.2",
                    "n",
                    "10.0.0.1",
                    "a:6443",
                    List.of(),
                    "10.96.0.0/12",
                    false,
                    List.of()));
    Files.writeString(
        made.resolve("admin.conf"),
        Kubeconfig.bootstrap(
            "kubernetes",
            apiServer.url().substring("https://".length()),
            Pem.encode(apiServer.authority.certificate()),
            "an-admins-token"));
  }

  private String kubeadm() {
    return """
    #!/bin/sh
    set -e
    for config; do :; done
    config=${config#--config=}
    echo "kubeadm $*" | sed 's/--config=.*//' >>LOG
    case "$1 $2 $3" in
      version*) echo v1.37.2 ;;
      "init phase certs") mkdir -p ROOT/etc; cp -r MADE/etc/kubernetes ROOT/etc/ ;;
      "init --skip"*) cp "$config" LOG.config; cp MADE/admin.conf ROOT/etc/kubernetes/ ;;
      kubeconfig*) cat MADE/admin.conf ;;
      join*) cp "$config" LOG.config; echo joining >&2 ;;
    esac
    """
        .replace("LOG", kubeadmLog.toString())
        .replace("ROOT", root.toString())
        .replace("MADE", folder.resolve("made").toString());
  }

  /** What the mirror has from now on. */
  Component served(String name, Bytes content, String path, boolean extract) {
    mirror.answer("/" + name, 200, content.toArray());
    return new Component(
        mirror.url("/" + name), "sha256:" + Digests.SHA256.of(content).hex(), path, extract);
  }

  /** kubeadm and a network plugin, from the mirror, and a patch from the message. */
  List<Component> components() {
    return List.of(
        served("kubeadm", Bytes.ofUtf8(kubeadm()), "/run/state/bin/kubeadm", false),
        served("cni.tgz", new Tars().entry("bridge", '0', "b").gzipped(), "/opt/cni/bin", true),
        new Component("data:,patch", "", "/opt/kubernetes/patches/kubelet.yaml", false));
  }

  Path disk() {
    return folder.resolve("disk.luks");
  }

  LuksStateDisk openDisk() throws IOException {
    return LuksStateDisk.open(
        Cryptsetup.load(), disk(), paths.stateDiskKey(), IntegrityRule.EITHER, LuksFormat.cheap());
  }

  String tpm() {
    return "software:" + folder.resolve("tpm.json");
  }

  private List<String> arguments(String... further) {
    var line =
        new ArrayList<String>(
            List.of(
                "bootstrap",
                "--root=" + root,
                "--tpm=" + tpm(),
                "--listen=127.0.0.1:" + initPort,
                "--monitoring=127.0.0.1:" + monitoringPort,
                "--integrity=either",
                "--components-ca=" + folder.resolve("mirror-ca.pem"),
                "--join-interval=1s",
                "--join-old-cluster"));
    line.addAll(told);
    line.addAll(List.of(further));
    return line;
  }

  /** Starts bootstrapping; {@code port} shows that it runs. */
  RoleProcess start(int port) throws Exception {
    return RoleProcess.start(
        folder.resolve("log"), port, arguments("--state-disk=" + disk()).toArray(String[]::new));
  }

  int monitoringPort() {
    return monitoringPort;
  }

  /** What it says and how it ends where it does not get far. */
  record Ended(int code, String said) {}

  static Ended run(List<String> arguments) {
    var said = new StringWriter();
    int code =
        AsterismCommand.commandLine()
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(arguments.toArray(String[]::new));
    return new Ended(code, said.toString());
  }

  /** Bootstraps in this process. */
  Ended runHere(String... further) {
    return run(arguments(further));
  }

  /** As an admin. */
  Ended init(List<Component> components) throws IOException {
    var list = Json.newObject();
    var array = list.putArray("components");
    for (Component component : components) {
      var one = array.addObject();
      one.put("url", component.url()).put("hash", component.hash());
      one.put("install_path", component.installPath()).put("extract", component.extract());
    }
    Path file = folder.resolve("components.json");
    Files.writeString(file, Json.pretty(list));
    Path config = folder.resolve("config.json");
    Files.writeString(
        config,
        "{\"variant\": \"qemu-vtpm\", \"measurements\": {\"4\": \"" + "00".repeat(32) + "\"}}");
    Path secret = folder.resolve("secret");
    Files.writeString(secret, INIT_SECRET);
    List<String> line =
        List.of(
            "init",
            "--node-endpoint=127.0.0.1:" + initPort,
            "--config=" + config,
            "--init-secret-file=" + secret,
            "--kubernetes-version=1.37.2",
            "--workspace=" + folder.resolve("workspace-" + random.nextInt(1_000_000)),
            "--components=" + file);
    Ended ended = run(line);
    // A node that has just started on a busy machine may be too slow for a handshake.
    for (int i = 0; i < 10 && slow(ended); i++) {
      ended = run(line);
    }
    return ended;
  }

  private static boolean slow(Ended ended) {
    return ended.code() != ExitCode.SUCCESS && ended.said().contains("does not answer (the TLS");
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
  }

  /** How kubeadm was called, without where its configuration was. */
  List<String> kubeadmCalls() throws IOException {
    return lines(kubeadmLog).stream().map(String::strip).toList();
  }

  String kubeadmConfig() throws IOException {
    return Files.readString(Path.of(kubeadmLog + ".config"));
  }

  List<String> systemctlCalls() throws IOException {
    return lines(systemctlLog);
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() {
    apiServer.close();
    mirror.close();
  }
}
