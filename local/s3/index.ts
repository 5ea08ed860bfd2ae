export { S3, type S3Options } from "./s3";
