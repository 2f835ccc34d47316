// Logs in to MySQL or MariaDB through its proxy and returns who it is there and which server answers. Put your own code
// in its place: with a driver, or as here with nothing but what the runtime has.
//
// Environment: DB_HOST, DB_USER, and if they differ from the defaults DB_PORT and DB_NAME. With DB_SECRET_ARN it logs
// in with the user name and password in that secret, without it as DB_USER with an IAM token.
//
// The certificate of RDS Proxy comes from Amazon Trust Services, which the runtime trusts. That of a database comes
// from the RDS authority, which it does not trust: to connect past the proxy, ship
// https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem and pass its text as `ca` to `tls.connect`.

const crypto = require("node:crypto");
const net = require("node:net");
const tls = require("node:tls");
const { once } = require("node:events");

const HOST = process.env.DB_HOST;
const PORT = Number(process.env.DB_PORT ?? 3306);
const DATABASE = process.env.DB_NAME ?? "";
const CONNECT_MILLISECONDS = 5000;

// What is asked of the server: protocol 4.1, TLS, passwords of 20 bytes and more, ways to log in by name.
const [WITH_DATABASE, PROTOCOL_41, TLS, SECURE, BY_NAME] = [0x8, 0x200, 0x800, 0x8000, 0x80000];
const UTF8MB4 = 45;

exports.handler = async (event, context) => {
  // One second less than the function has, so that the reason is told and not only that time ran out.
  const left = () => Math.max(1000, context.getRemainingTimeInMillis() - 1000);
  const { user, password } = await credentials(Math.min(CONNECT_MILLISECONDS, Math.floor(left() / 3)));
  const session = new Session(await connect(Math.min(CONNECT_MILLISECONDS, left())));
  session.signal = AbortSignal.timeout(left());
  try {
    await session.encrypt();
    await session.logIn(user, password);
    const [there, server] = await session.query("SELECT CURRENT_USER(), VERSION()");
    return { user: there, server };
  } catch (error) {
    if (error.code === "ECONNRESET") throw new Error(`${HOST} closed the connection`);
    if (error.name !== "AbortError") throw error;
    const late = "took the connection and then gave no answer in time: does the proxy reach the database?";
    throw new Error(`${HOST}:${PORT} ${late}`);
  } finally {
    session.connection.destroy();
  }
};

async function credentials(milliseconds) {
  const arn = process.env.DB_SECRET_ARN;
  if (!arn) return { user: process.env.DB_USER, password: token(process.env.DB_USER) };
  const { SecretsManagerClient, GetSecretValueCommand } = require("@aws-sdk/client-secrets-manager");
  // A short wait: without a way to Secrets Manager there is no answer at all.
  const requestHandler = { connectionTimeout: milliseconds, requestTimeout: milliseconds };
  const client = new SecretsManagerClient({ maxAttempts: 2, requestHandler });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  const { username, password } = JSON.parse(SecretString);
  return { user: username, password };
}

/** An IAM token: a request to connect, signed (Signature Version 4) with the function's own credentials, never sent. */
function token(user) {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key } = process.env;
  const session = process.env.AWS_SESSION_TOKEN;
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${region}/rds-db/aws4_request`;
  const query = Object.entries({
    Action: "connect",
    DBUser: user,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${id}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": "900",
    ...(session && { "X-Amz-Security-Token": session }),
    "X-Amz-SignedHeaders": "host",
  }).map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/[!'()*]/g, percent)}`);
  const empty = sha256("").toString("hex");
  const request = ["GET", "/", query.join("&"), `host:${HOST}:${PORT}`, "", "host", empty].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request).toString("hex")].join("\n");
  const signing = scope.split("/").reduce((secret, part) => hmac(secret, part), `AWS4${key}`);
  return `${HOST}:${PORT}/?${query.join("&")}&X-Amz-Signature=${hmac(signing, text).toString("hex")}`;
}

async function connect(milliseconds) {
  const socket = net.connect({ host: HOST, port: PORT });
  socket.on("error", () => {}); // One that comes between two waits: the next wait tells.
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(milliseconds) });
    return socket;
  } catch (error) {
    socket.destroy();
    if (error.code === "ENOTFOUND") throw new Error(`${HOST} has no address: is it the proxy's endpoint?`);
    if (error.name !== "AbortError") throw new Error(`no way to ${HOST}:${PORT}: ${error.code}`);
    throw new Error(`no answer from ${HOST}:${PORT}: do the security groups of both ends admit it?`);
  }
}

/** A connection in packets, which are counted. */
class Session {
  constructor(connection) {
    Object.assign(this, { connection, sequence: 0 });
  }

  async encrypt() {
    const greeting = await this.receive();
    const rest = greeting.subarray(greeting.indexOf(0, 1) + 5);
    if (!(rest.readUInt16LE(9) & TLS)) throw new Error(`${HOST}:${PORT} offers no TLS`);
    this.nonce = Buffer.concat([rest.subarray(0, 8), rest.subarray(27, 39)]);
    this.way = rest.toString("utf8", 40).replace(/\0+$/, "");
    this.head = Buffer.alloc(32);
    this.head.writeUInt32LE(PROTOCOL_41 | TLS | SECURE | BY_NAME | (DATABASE ? WITH_DATABASE : 0));
    this.head.writeUInt32LE(1 << 24, 4);
    this.head[8] = UTF8MB4;
    this.send(this.head);
    this.connection = await trusted(this.connection, this.signal);
  }

  async logIn(user, password) {
    let answer = scramble(this.way, password, this.nonce);
    // The field holds no more: the server will ask again, for a packet of any length.
    if (answer.length > 255) answer = Buffer.alloc(0);
    const names = [Buffer.from(DATABASE && `${DATABASE}\0`), Buffer.from(`${this.way}\0`)];
    this.send(Buffer.concat([this.head, Buffer.from(`${user}\0`), Buffer.from([answer.length]), answer, ...names]));
    for (let message; (message = await this.receive())[0] !== 0; ) {
      if (message[0] === 0xfe) {
        const end = message.indexOf(0); // Another way to log in.
        this.send(scramble(message.toString("utf8", 1, end), password, message.subarray(end + 1, end + 21)));
      } else if (message.equals(Buffer.from([1, 4]))) {
        this.send(`${password}\0`); // The server has no digest of the password yet and wants it whole, inside TLS.
      }
    }
  }

  /** The first row. */
  async query(text) {
    this.sequence = 0;
    this.send(`\u0003${text}`);
    const [columns] = await this.receive();
    for (let n = 0; n <= columns; n++) await this.receive(); // Their descriptions, and the end of these.
    const values = [];
    for (let row = await this.receive(); row.length > 0; ) {
      const [start, size] = row[0] < 0xfb ? [1, row[0]] : [3, row.readUInt16LE(1)];
      values.push(row.toString("utf8", start, start + size));
      row = row.subarray(start + size);
    }
    return values;
  }

  send(body) {
    const bytes = Buffer.from(body);
    const head = Buffer.alloc(4);
    head.writeUIntLE(bytes.length, 0, 3);
    head[3] = this.sequence++;
    this.connection.write(Buffer.concat([head, bytes]));
  }

  async receive() {
    const head = await read(this.connection, 4, this.signal);
    this.sequence = head[3] + 1;
    const body = await read(this.connection, head.readUIntLE(0, 3), this.signal);
    if (body[0] !== 0xff) return body;
    const text = body.toString("utf8", body[3] === 0x23 ? 9 : 3);
    throw new Error(`${HOST} refuses: ${text} (${body.readUInt16LE(1)})`);
  }
}

async function trusted(plain, signal) {
  const connection = tls.connect({ socket: plain, servername: HOST });
  connection.on("error", () => {});
  try {
    await once(connection, "secureConnect", { signal });
    return connection;
  } catch (error) {
    connection.destroy();
    if (error.name === "AbortError") throw error;
    if (!connection.authorizationError) throw new Error(`TLS with ${HOST}:${PORT} failed: ${error.message}`);
    throw new Error(`the certificate of ${HOST} is not trusted: ${error.message}`);
  }
}

/** What proves the password without telling it. In clear, inside TLS, is how IAM tokens travel. */
function scramble(way, password, nonce) {
  if (way === "mysql_clear_password") return Buffer.from(`${password}\0`);
  const digest = { mysql_native_password: "sha1", caching_sha2_password: "sha256" }[way];
  if (!digest) throw new Error(`${HOST} wants a way to log in that this function does not know: ${way}`);
  const hash = (...parts) => crypto.createHash(digest).update(Buffer.concat(parts)).digest();
  const first = hash(Buffer.from(password));
  const second = digest === "sha1" ? hash(nonce, hash(first)) : hash(hash(first), nonce);
  return first.map((byte, n) => byte ^ second[n]);
}

/** So many bytes, when they have come. */
async function read(socket, length, signal) {
  for (let bytes = Buffer.alloc(0); ; await once(socket, "readable", { signal })) {
    if (length === 0) return bytes;
    bytes = socket.read(length);
    if (bytes?.length === length) return bytes;
    if (socket.readableEnded || socket.destroyed) throw new Error(`${HOST} closed the connection`);
  }
}

const percent = (character) => `%${character.charCodeAt().toString(16).toUpperCase()}`;
const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();
const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest();
