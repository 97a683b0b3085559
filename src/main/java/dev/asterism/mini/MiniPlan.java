package dev.asterism.mini;

import dev.asterism.attestation.Variant;
import dev.asterism.node.Role;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a mini cluster consists of, as its directory records it. */
public record MiniPlan(MiniPlatform platform, TpmKind tpm, List<NodePlan> nodes) {

  /** By what every node proves itself. */
  public enum MiniPlatform {
    /** A virtual TPM that its host provides. */
    QEMU_VTPM(Variant.QEMU_VTPM),
    /** An SEV-SNP guest in software, on processors of several product lines. */
    SEV_SNP(Variant.SEV_SNP),
    /** A TD: a platform with TDX in software. */
    TDX(Variant.TDX),
    AZURE_SEV_SNP(Variant.AZURE_SEV_SNP),
    AZURE_TDX(Variant.AZURE_TDX),
    AZURE_TRUSTEDLAUNCH(Variant.AZURE_TRUSTEDLAUNCH),
    AWS_SEV_SNP(Variant.AWS_SEV_SNP),
    AWS_NITRO_TPM(Variant.AWS_NITRO_TPM),
    GCP_SEV_SNP(Variant.GCP_SEV_SNP),
    GCP_SEV_ES(Variant.GCP_SEV_ES);

    private final Variant variant;

    MiniPlatform(Variant variant) {
      this.variant = variant;
    }

    public Variant variant() {
      return variant;
    }

    /** Whether its machines are in a cloud, whose hosts answer them over HTTP. */
    public boolean isCloud() {
      return switch (this) {
        case QEMU_VTPM, SEV_SNP, TDX -> false;
        case AZURE_SEV_SNP,
            AZURE_TDX,
            AZURE_TRUSTEDLAUNCH,
            AWS_SEV_SNP,
            AWS_NITRO_TPM,
            GCP_SEV_SNP,
            GCP_SEV_ES ->
            true;
      };
    }

    /** Whether its evidence has a report that AMD's lists of what is revoked are asked about. */
    public boolean asksAmd() {
      return this == AZURE_SEV_SNP || this == AWS_SEV_SNP || this == GCP_SEV_SNP;
    }

    /** Why its machines cannot have a swtpm; empty where they can. */
    public String againstSwtpm() {
      return switch (this) {
        case QEMU_VTPM, AZURE_TRUSTEDLAUNCH, AWS_SEV_SNP, GCP_SEV_SNP, GCP_SEV_ES -> "";
        case SEV_SNP, TDX -> "they have no TPM";
        case AZURE_SEV_SNP, AZURE_TDX -> "its NV indices are too small for an HCL report";
        case AWS_NITRO_TPM -> "it has no Nitro hypervisor to ask";
      };
    }

    /** All names, for people. */
    public static String ids() {
      return String.join(", ", Arrays.stream(values()).map(p -> p.variant.id()).toList());
    }

    /** The one of that name, as a variant is named. */
    public static Optional<MiniPlatform> byId(String id) {
      return Arrays.stream(values()).filter(p -> p.variant.id().equals(id)).findAny();
    }
  }

  /** Which vTPM every node has, where it proves itself by one. */
  public enum TpmKind {
    /** The one inside the JVM; state in a file. */
    SOFTWARE,
    /** One swtpm process for each node. */
    SWTPM
  }

  /**
   * @param tampered its boot chain differs from the reference
   * @param forged its evidence is genuine, but for the one binding of its platform
   * @param firstPort of {@link Ports#COUNT} ports on the loopback interface
   * @param akName the name of its attestation key, its REPORT_ID, or its platform's PPID, hex; how
   *     audit records know it
   */
  public record NodePlan(
      String name,
      Role role,
      boolean tampered,
      boolean forged,
      int firstPort,
      String akName,
      Origin origin) {
    /** One that is there from the beginning. */
    public NodePlan(String name, Role role, boolean tampered, int firstPort, String akName) {
      this(name, role, tampered, firstPort, akName, Origin.PLANNED);
    }

    /** One whose evidence is all its own. */
    public NodePlan(
        String name, Role role, boolean tampered, int firstPort, String akName, Origin origin) {
      this(name, role, tampered, false, firstPort, akName, origin);
    }

    boolean added() {
      return origin != Origin.PLANNED;
    }

    NodePlan with(String name) {
      return new NodePlan(this.name, role, tampered, forged, firstPort, name, origin);
    }

    int port(Ports port) {
      return firstPort + port.offset;
    }

    String address(Ports port) {
      return "127.0.0.1:" + port(port);
    }
  }

  /** How a node came to the cluster. */
  public enum Origin {
    /** By {@code mini up}. */
    PLANNED,
    /** By {@code mini add}. */
    ADDED,
    /** The same, and it takes a ticket from whoever answers. */
    ADDED_TRUSTING
  }

  /** The ports of one node. */
  enum Ports {
    BOOTSTRAP(0),
    BOOTSTRAP_MONITORING(1),
    JOIN(2),
    JOIN_MONITORING(3),
    KEY(4),
    KEY_MONITORING(5),
    VERIFY(6),
    VERIFY_HTTP(7),
    VERIFY_MONITORING(8),
    API_SERVER(9),
    TPM(10),
    TPM_CONTROL(11),
    RECOVERY(12),
    /** Of its host in the cloud. */
    METADATA(13),
    /** Of the first node's: what AMD and Microsoft publish, for all. */
    VENDORS(14);

    static final int COUNT = 15;

    private final int offset;

    Ports(int offset) {
      this.offset = offset;
    }
  }

  public MiniPlan {
    nodes = List.copyOf(nodes);
  }

  /** Where AMD's and Microsoft's services are for this cluster; without a cloud they are not. */
  public String vendors() {
    return "http://" + first().address(Ports.VENDORS);
  }

  /** The control plane that is initialized. */
  NodePlan first() {
    return nodes.getFirst();
  }

  /** Whether it began with the same machines, whatever their ports and keys. */
  boolean isLike(MiniPlan other) {
    List<NodePlan> wanted = other.nodes();
    List<NodePlan> planned = nodes.stream().filter(n -> !n.added()).toList();
    if (platform != other.platform() || tpm != other.tpm() || planned.size() != wanted.size()) {
      return false;
    }
    for (int i = 0; i < planned.size(); i++) {
      NodePlan here = planned.get(i);
      NodePlan there = wanted.get(i);
      if (!here.name().equals(there.name())
          || here.tampered() != there.tampered()
          || here.forged() != there.forged()) {
        return false;
      }
    }
    return true;
  }

  NodePlan node(String name) {
    return find(name).orElseThrow();
  }

  Optional<NodePlan> find(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findAny();
  }

  MiniPlan with(NodePlan node) {
    var all = new ArrayList<>(nodes);
    all.add(node);
    return new MiniPlan(platform, tpm, all);
  }

  MiniPlan without(NodePlan node) {
    return new MiniPlan(platform, tpm, nodes.stream().filter(n -> !n.equals(node)).toList());
  }

  /** The plan of the cluster in {@code dir}; empty where there is none. */
  static Optional<MiniPlan> read(MiniDir dir) throws IOException {
    if (!Files.exists(dir.plan())) {
      return Optional.empty();
    }
    try {
      ObjectNode json = Json.object("mini.json", Bytes.of(Files.readAllBytes(dir.plan())));
      if (!(json.get("nodes") instanceof ArrayNode list)) {
        throw new MalformedException("nodes", "is not a list");
      }
      var nodes = new ArrayList<NodePlan>();
      for (var item : list) {
        nodes.add(node(item));
      }
      String platform = Json.optionalString(json, "platform");
      return Optional.of(
          new MiniPlan(
              platform == null ? MiniPlatform.QEMU_VTPM : MiniPlatform.valueOf(platform),
              TpmKind.valueOf(Json.string(json, "tpm")),
              nodes));
    } catch (MalformedException | IllegalArgumentException e) {
      throw new IOException(dir.plan() + " cannot be read: " + e.getMessage(), e);
    }
  }

  void write(MiniDir dir) throws IOException {
    ObjectNode json = Json.newObject().put("format", 1).put("tpm", tpm.name());
    json.put("platform", platform.name());
    var list = json.putArray("nodes");
    for (NodePlan node : nodes) {
      list.addObject()
          .put("name", node.name())
          .put("role", node.role().id())
          .put("tampered", node.tampered())
          .put("forged", node.forged())
          .put("firstPort", node.firstPort())
          .put("akName", node.akName())
          .put("origin", node.origin().name());
    }
    AtomicFile.write(dir.plan(), Json.pretty(json), AtomicFile.PRIVATE);
  }

  private static NodePlan node(JsonNode item) throws MalformedException {
    if (!(item instanceof ObjectNode json)) {
      throw new MalformedException("nodes", "holds something else than objects");
    }
    if (!json.path("tampered").isBoolean() || !json.path("firstPort").isInt()) {
      throw new MalformedException("nodes", "lacks a node's tampered or firstPort");
    }
    String origin = Json.optionalString(json, "origin");
    return new NodePlan(
        Json.string(json, "name"),
        Role.parse(Json.string(json, "role"))
            .orElseThrow(() -> new MalformedException("role", "is no role")),
        json.path("tampered").booleanValue(),
        json.path("forged").asBoolean(false),
        json.path("firstPort").intValue(),
        Json.string(json, "akName"),
        origin == null ? Origin.PLANNED : Origin.valueOf(origin));
  }
}
